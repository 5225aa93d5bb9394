"""Bech32 (BIP 173), the text form of age's keys."""

from failure import require

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _checksum(prefix, values):
    check = 1
    for value in [*(ord(letter) >> 5 for letter in prefix), 0, *(ord(letter) & 31 for letter in prefix), *values]:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(GENERATOR):
            check ^= term if top >> bit & 1 else 0
    return check


def _regroup(values, width, new_width, pad):
    """Numbers of `width` bits to numbers of `new_width` bits."""
    total, bits, out = 0, 0, []
    for value in values:
        total, bits = total << width | value, bits + width
        while bits >= new_width:
            bits -= new_width
            out.append(total >> bits & (1 << new_width) - 1)
    left = total & (1 << bits) - 1
    require(pad or (bits < width and left == 0), "bech32: padding")
    return out + ([left << new_width - bits] if pad and bits else [])


def encode(prefix, data):
    values = _regroup(data, 8, 5, True)
    check = _checksum(prefix, values + [0] * 6) ^ 1
    values += [check >> 5 * (5 - index) & 31 for index in range(6)]
    return prefix + "1" + "".join(LETTERS[value] for value in values)


def decode(prefix, text):
    """The bytes; `prefix` in small letters. Failure if it is anything else."""
    require(text in (text.lower(), text.upper()), "bech32: mixed case")
    text = text.lower()
    require(text.startswith(prefix + "1"), f"a key that does not begin with {prefix}1")
    letters = text[len(prefix) + 1:]
    require(len(letters) >= 6 and all(letter in LETTERS for letter in letters), "bech32: a letter that is none")
    values = [LETTERS.index(letter) for letter in letters]
    require(_checksum(prefix, values) == 1, "bech32: checksum")
    return bytes(_regroup(values[:-6], 5, 8, False))
