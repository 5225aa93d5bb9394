"""Reference decoder of the delimited filter (delimited.md), whose payload is that of lines.
As a program: delimited.py FILTERED RAW_LENGTH, raw bytes to standard output."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from lines import decode  # noqa: E402

if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        sys.stdout.buffer.write(decode(file.read(), int(sys.argv[2])))
