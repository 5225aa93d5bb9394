"""What a vector is, the packages that most of them start from, and the words to change these with."""

from dataclasses import dataclass, field

import payloads
from ids import COLUMNS, KINDS
from package import Package
from pages import Entry, Run, directory, symlink


@dataclass
class Vector:
    name: str
    what: str
    data: bytes                                # or, of a package in parts, a dictionary of number and bytes
    failure_class: str = "ok"
    stage: str = "verify"
    expected: object = None                    # of what is ok: the commit it stands for (entries and roots)
    more: dict = field(default_factory=dict)   # further fields of the manifest


def regular(path, first, count=1, **more):
    return Entry(path, runs=[Run(first, count)], **more)


# --- packages to start from ---

def hello(name, edits=None, codec=payloads.store, content=b"hello"):
    """One file of one chunk: frames block0, chunk_leaf0, manifest0, catalog_leaf0, commit, trailer."""
    return hello_in(Package(name, edits), codec, content)


def hello_in(package, codec=payloads.store, content=b"hello"):
    package.block([content], codec)
    return close(package, [regular(b"hello", 0)])


def close(package, entries, **options):
    """Chunk page, manifest, commit and trailer behind the blocks."""
    if package.blocks:
        package.chunk_page()
    if entries:
        package.manifest(entries)
    package.commit(entries, **options)
    package.trailer()
    return package


def mixed_entries():
    """Rows 0 to 5: dir, dir/one, dir/two, link, null, sparse."""
    return [directory(b"dir", user=b"ann", group=b"staff"), regular(b"dir/one", 0, user=b"ann", xattrs=[(b"user.a", b"1"), (b"user.b", b"22")]),
            regular(b"dir/two", 1, 2, nanoseconds=5), symlink(b"link", b"dir/one"),
            Entry(b"null", KINDS["character_device"], 0o666, device=1 << 32 | 3),
            Entry(b"sparse", runs=[Run(0, 1), Run(0, 0, 100), Run(2, 1)])]


def mixed(name, edits=None, **options):
    """Six rows of several kinds in one leaf, three chunks in two blocks."""
    return mixed_in(Package(name, edits), **options)


def mixed_in(package, **options):
    package.block([b"alpha", b"beta"])
    package.block([b"gamma"])
    return close(package, mixed_entries(), **options)


def forest(name, edits=None, leaves=5, **options):
    """One directory a catalog leaf and one block a chunk page: trees with nodes of two children each."""
    package = Package(name, edits)
    entries = []
    for number in range(leaves):
        package.block([b"file %d" % number, b"more %d" % number])
        package.chunk_page()
        part = [directory(b"dir%d" % number), regular(b"dir%d/file" % number, 2 * number), regular(b"dir%d/more" % number, 2 * number + 1)]
        package.manifest(part)
        entries += part
    package.commit(entries, leaf_rows=[3] * leaves, **options)
    package.trailer()
    return package


# --- edits ---

def setting(**fields):
    """Sets fields of a header."""
    def edit(thing):
        thing.__dict__.update(fields)
    return edit


def adding(**fields):
    def edit(thing):
        for name, step in fields.items():
            setattr(thing, name, getattr(thing, name) + step)
    return edit


def value(column, index, new):
    """Sets one value of an integer column."""
    def edit(table):
        table[column][index] = new
    return edit


def replaced(column, new):
    """Sets a whole column."""
    def edit(table):
        table[column] = new
    return edit


def swapped(old, new):
    """Replaces bytes that occur."""
    def edit(data):
        assert data.count(old) == 1 and len(old) == len(new), (old, data)
        return data.replace(old, new)
    return edit


def column_setting(name, **fields):
    """Sets fields of a column's directory entry, or its data."""
    def edit(page):
        found = [column for column in page.columns if column.id == COLUMNS[name]]
        assert len(found) == 1, name
        found[0].__dict__.update(fields)
    return edit


def flipped(data, at, mask=1):
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1:]
