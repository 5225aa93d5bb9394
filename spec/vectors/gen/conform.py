"""The independent reader, by the protocol of npk-conform: conform.py list|verify|extract PACKAGE [DIRECTORY] [--identity FILE]
[--passphrase-file FILE]."""

import argparse
import json
import pathlib
import sys

import extract
import read
from listing import listing_entry
from pages import Entry, Run

FIRST_STAGES = {"list": ("open", "list", "read"), "verify": read.STAGES, "extract": ("open", "list", "read")}


def entry_of(reader, row):
    """A row of the reader in the shape of the generator's entries."""
    value = reader.content_digest(row) if row.regular else None
    return Entry(row.path, row.kind, row.mode, row.uid, row.gid, row.user_name, row.group_name, row.mtime_seconds, row.mtime_nanoseconds,
                 [Run(run.first, run.count, run.size) for run in row.runs], row.size, value, row.link_group, row.target, row.device, row.xattrs)


def listing(reader):
    rows = reader.entries()
    first = reader.leaders(rows)
    document = {"entries": [listing_entry(entry_of(reader, row), first) for row in rows]}
    if reader.commit:
        document |= {"content_root": reader.commit.statement.content_root.hex(), "storage_root": reader.commit.statement.storage_root.hex()}
    return document


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=FIRST_STAGES)
    parser.add_argument("package", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path, nargs="?")
    parser.add_argument("--identity", type=pathlib.Path)
    parser.add_argument("--passphrase-file", type=pathlib.Path)
    options = parser.parse_args(arguments)
    keys = read.make_keys(options.identity and options.identity.read_text(), options.passphrase_file and options.passphrase_file.read_bytes().split(b"\n")[0])
    found, reader = read.outcome(options.package, keys)
    if found and found[0] in FIRST_STAGES[options.verb]:
        print(found[2], file=sys.stderr)
        print(found[1])
        return 1
    if options.verb == "list":
        print(json.dumps(listing(reader)))
    if options.verb == "extract" and (refused := extract.extract(reader, options.directory)):
        print(*refused, file=sys.stderr)
        print("-")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
