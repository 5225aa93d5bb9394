"""Hint pages (spec 6.6): what every reader passes over and `verify` checks."""

from package import Package
from pages import catalog_node_table, directory, encode_page, new_page
from vector import Vector, regular, setting, value
from wire import zigzag

ROWS = 2  # a directory and a file


def _leaf(package, rows=ROWS, entries=ROWS, number=0):
    table = {"hint_inode": [0, 7_000_000 + number, 9][:rows], "hint_ctime_seconds": [0, zigzag(1_650_000_000), 2][:rows],
             "hint_ctime_nanoseconds": [0, 42, 3][:rows], "hint_scan_seconds": [zigzag(1_700_000_000)] * rows}
    reference = package._page(package.role("hint"), "hint_page", new_page("hint", 0, rows), table)
    reference.first_path, reference.entries = b"dir%d" % number, entries
    return reference


def _node(package, height, children):
    page = new_page("hint_node", height, len(children))
    reference = package._page(package.role("hint_node"), "hint_page", page, catalog_node_table(children))
    reference.first_path, reference.entries = children[0].first_path, sum(child.entries for child in children)
    return reference


def _tree(package):
    """Hints of three of the four leaves."""
    leaves = [_leaf(package, number=number) for number in (0, 1, 3)]
    return _node(package, 2, [_node(package, 1, leaves[:2]), _node(package, 1, leaves[2:])])


def _package(name, edits=None, make_hints=_tree, leaves=4):
    package = Package(name, edits)
    package.block([b"content"])
    package.chunk_page()
    entries = []
    for number in range(leaves):
        entries += [directory(b"dir%d" % number), regular(b"dir%d/file" % number, 0)]
    package.manifest(entries)
    package.commit(entries, leaf_rows=[ROWS] * leaves, hint=make_hints(package))
    package.trailer()
    return package


def _ok(name, what, **options):
    package = _package(name, **options)
    return Vector(name, what, package.bytes(), expected=package.commits[-1])


def _fault(name, what, edits=None, failure_class="corrupt", **options):
    return Vector(f"hint_{name}", what, _package(f"hint_{name}", edits, **options).bytes(), failure_class, "verify")


def _one(package, **options):
    return _node(package, 1, [_leaf(package, **options)])


def _elsewhere(package):
    leaf = _leaf(package)
    leaf.first_path = b"dir"
    return _node(package, 1, [leaf])


def _with_devices(table):
    later = dict(table)
    table.clear()
    table.update({"hint_device": [5, 5]} | later)


def _twice(package):
    leaf = _leaf(package)
    return _node(package, 2, [_node(package, 1, [leaf]), _node(package, 1, [leaf])])


def vectors():
    yield _ok("hint_page", "A hint leaf and the node above it.", make_hints=_one, leaves=1)
    yield _ok("hint_tree", "Hints of three of four leaves of the catalog, under nodes of two heights.")
    leaf, low, top = "table:hint0", "table:hint_node0", "table:hint_node2"
    yield _ok("hint_device", "A device column, which nobody uses.", edits={leaf: _with_devices})
    faults = [
        ("two_scans", "Two times of the scan in one leaf.", {leaf: value("hint_scan_seconds", 1, zigzag(1_700_000_001))}),
        ("nanoseconds", "A ctime with a second's worth of nanoseconds.", {leaf: value("hint_ctime_nanoseconds", 1, 1_000_000_000)}),
        ("hash", "A child's hash that is not its own.", {low: lambda table: table.update(child_hash=bytes(32) + table["child_hash"][32:])}),
        ("length", "A child's stored length one too small.", {low: lambda table: value("child_stored_length", 0, table["child_stored_length"][0] - 1)(table)}),
        ("content", "Content hashes, which are the catalog's, above hint leaves.", {low: lambda table: table.update(child_content_hash=bytes(63) + b"\1")}),
        ("height", "A node of height 3 above nodes of height 1.", {"page:hint_node2": setting(height=3)}),
        ("sum", "A node said to have more rows than those below it.", {top: value("child_entries", 0, 5)}),
        ("leaf_kind", "A leaf that is a page of another kind.", {"page:hint0": setting(kind=3)}),
        ("node_kind", "A node of the catalog's kind.", {"page:hint_node0": setting(kind=2)}),
    ]
    for name, what, edits in faults:
        yield _fault(name, what, edits)
    makers = [
        ("rows_more", "A leaf with a row more than its node says.", lambda package: _one(package, rows=3)),
        ("rows_of_another", "A leaf with as many rows as its node says, but not as the catalog's leaf has.", lambda package: _one(package, rows=3, entries=3)),
        ("root_is_leaf", "A leaf as root.", _leaf),
        ("first_path", "A hint leaf of no leaf of the catalog.", _elsewhere),
        ("twice", "One leaf under two nodes.", _twice),
    ]
    for name, what, make_hints in makers:
        yield _fault(name, what, make_hints=make_hints)
