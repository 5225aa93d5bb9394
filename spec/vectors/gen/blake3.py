"""BLAKE3 in plain Python: hash and key derivation, 32-byte output. Slow and short, for test vectors only."""

import functools
import struct

INITIAL = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
LANES = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
         (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
MASK = 0xFFFFFFFF
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8
DERIVE_CONTEXT, DERIVE_MATERIAL = 32, 64
BLOCK_BYTES, CHUNK_BYTES = 64, 1024


def _schedule():
    order = tuple(range(16))
    rounds = []
    for _ in range(7):
        rounds.append(tuple(zip(LANES, order[0::2], order[1::2])))
        order = tuple(order[index] for index in PERMUTATION)
    return rounds


ROUNDS = _schedule()


def _mix(state, a, b, c, d, first, second):
    va = (state[a] + state[b] + first) & MASK
    vd = state[d] ^ va
    vd = (vd >> 16 | vd << 16) & MASK
    vc = (state[c] + vd) & MASK
    vb = state[b] ^ vc
    vb = (vb >> 12 | vb << 20) & MASK
    va = (va + vb + second) & MASK
    vd ^= va
    vd = (vd >> 8 | vd << 24) & MASK
    vc = (vc + vd) & MASK
    vb ^= vc
    state[a], state[b], state[c], state[d] = va, (vb >> 7 | vb << 25) & MASK, vc, vd


def _compress(chaining, block, counter, length, flags):
    words = struct.unpack("<16I", block.ljust(BLOCK_BYTES, b"\0"))
    state = [*chaining, *INITIAL[:4], counter & MASK, counter >> 32, length, flags]
    for steps in ROUNDS:
        for (a, b, c, d), first, second in steps:
            _mix(state, a, b, c, d, words[first], words[second])
    return tuple(state[index] ^ state[index + 8] for index in range(8))


class _Node:
    """A chunk's last block, or a parent: what is still to be compressed, once as a root or once as a child."""

    def __init__(self, chaining, block, counter, length, flags):
        self.arguments = (chaining, block, counter, length)
        self.flags = flags

    def chaining(self):
        return _compress(*self.arguments, self.flags)

    def root(self):
        chaining, block, _, length = self.arguments
        return struct.pack("<8I", *_compress(chaining, block, 0, length, self.flags | ROOT))


def _chunk_node(data, key, counter, mode):
    chaining = key
    blocks = [data[at:at + BLOCK_BYTES] for at in range(0, len(data), BLOCK_BYTES)] or [b""]
    for index, block in enumerate(blocks):
        flags = mode | (CHUNK_START if index == 0 else 0)
        if index == len(blocks) - 1:
            return _Node(chaining, block, counter, len(block), flags | CHUNK_END)
        chaining = _compress(chaining, block, counter, BLOCK_BYTES, flags)


def _tree(data, key, counter, mode):
    if len(data) <= CHUNK_BYTES:
        return _chunk_node(data, key, counter, mode)
    chunks = (len(data) - 1) // CHUNK_BYTES
    left = 1 << (chunks.bit_length() - 1)  # the largest power of two that leaves something to the right
    cut = left * CHUNK_BYTES
    children = _tree(data[:cut], key, counter, mode).chaining() + _tree(data[cut:], key, counter + left, mode).chaining()
    return _Node(key, struct.pack("<16I", *children), 0, BLOCK_BYTES, mode | PARENT)


@functools.lru_cache(maxsize=None)
def digest(data):
    """BLAKE3 of `data`."""
    return _tree(bytes(data), INITIAL, 0, 0).root()


@functools.lru_cache(maxsize=None)
def derive(context, data):
    """BLAKE3's key derivation mode; `context` is text."""
    key = _tree(context.encode(), INITIAL, 0, DERIVE_CONTEXT).root()
    return _tree(bytes(data), struct.unpack("<8I", key), 0, DERIVE_MATERIAL).root()
