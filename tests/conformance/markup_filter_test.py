"""The reference decoder of the markup filter (spec/filters/markup.py) against the library's encoder, on made-up markup whole and broken."""
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "spec", "filters"))
import markup  # noqa: E402

PIECES = [b"<p>", b"</p>", b"<p class='a' id=\"x\">", b"<br>", b"<td width=10>", b"</td>", b"<", b"\n  ", b"\n", b"text ", b"&amp;", b"<!-- c -->",
          b"<![CDATA[ <x> ]]>",
          b"<?xml version='1.0'?>", b"<script>a<b</script>", b"<path d=\"M 1.5,2.25 -3.125 4 L10 200.75z\"/>", b"<n>12.5</n>", b"<when>2023-01-02</when>",
          b"<a b=\"", b"\0", b"\xff",
          b"<ul>\n <li>x\n <li>y\n</ul>"]


def samples():
    for seed in range(12):
        generator = random.Random(seed)
        pieces = PIECES if seed % 2 else PIECES[:6] + PIECES[14:18]
        yield b"".join(generator.choice(pieces) for _ in range(300 + 900 * seed))
    words = [b"known_%d words" % i for i in range(90)] + [b"The", b"a", b"of", b"\xC3\xA9t\xC3\xA9", b"\xff", b"\x01", b"_x"]
    yield b"".join(b"<p>" + b" ".join(generator.choice(words) for _ in range(12)) + b"</p>\n" for _ in range(6000))


def must_fail(payload, length):
    try:
        markup.decode(payload, length)
    except ValueError:
        return
    sys.exit("a damaged payload decodes")


def main():
    taken = 0
    with tempfile.TemporaryDirectory() as directory:
        raw_path, filtered_path = os.path.join(directory, "raw"), os.path.join(directory, "filtered")
        for raw in samples():
            with open(raw_path, "wb") as file:
                file.write(raw)
            result = subprocess.run([os.environ["NPK_MARKUP_DRIVER"], raw_path, filtered_path], check=False).returncode
            if result == 2:
                continue
            if result != 0:
                sys.exit("the driver failed")
            with open(filtered_path, "rb") as file:
                filtered = file.read()
            if markup.decode(filtered, len(raw)) != raw:
                sys.exit("the reference decoder gives other bytes")
            must_fail(filtered, len(raw) + 1)
            must_fail(filtered[:-1], len(raw))
            taken += 1
    if taken < 10:
        sys.exit("only %d samples were filtered" % taken)


main()
