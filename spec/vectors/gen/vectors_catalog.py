"""Faults in catalog leaves and nodes, and in manifests (spec 6.2, 6.3, 9, 12, 13)."""

import payloads
from package import Package
from pages import Entry, Run, directory, symlink
from roots import content_groups
from vector import Vector, adding, close, forest, hello, mixed, regular, replaced, setting, swapped, value
from vectors_ok import many_entries


def _fault(name, what, edits, failure_class="corrupt", stage="list", make=mixed, **more):
    return Vector(name, what, make(name, edits).bytes(), failure_class, stage, more=more)


# --- paths ---

def paths():
    cases = [
        ("path_parent", "A path with a `..` component.", b"a/../b"), ("path_is_parent", "The path `..`.", b".."),
        ("path_absolute", "An absolute path.", b"/etc/passwd"), ("path_trailing_slash", "A path that ends in a slash.", b"dir/"),
        ("path_empty_component", "An empty component.", b"a//b"), ("path_dot", "A `.` component.", b"a/./b"), ("path_is_dot", "The path `.`.", b"."),
        ("path_leading_dot", "A path that begins with `./`.", b"./a"), ("path_nul", "A NUL in a path.", b"a\0b"), ("path_empty", "An empty path.", b""),
        ("path_ends_in_parent", "A path that ends in `..`.", b"a/.."),
    ]
    for name, what, path in cases:
        yield Vector(name, what, close(Package(name), [Entry(path)]).bytes(), "corrupt", "list")
    yield Vector("path_too_long", "A path of 65,536 bytes.", _long_path(), "corrupt", "list", more={"also": "limit"})
    yield from _orders()


def _long_path():
    package = Package("path_too_long")
    entries = [Entry(b"a" * 65_536)]
    pack = lambda raw: (payloads.lz4_chain(), payloads.lz4_sequence(raw[:raw.index(b"aa") + 1], 1, 65_535)
                        + payloads.lz4_sequence(raw[raw.index(b"aa") + 65_536:]))
    package.commit(entries, catalog_codec=pack, root=bytes(32))
    package.trailer()
    return package.bytes()


def _unsorted(name, paths_in_file):
    package = Package(name)
    package.sort = False
    entries = [Entry(path) for path in paths_in_file]
    package.manifest(entries)
    package.commit(entries)
    package.trailer()
    return package.bytes()


def _orders():
    yield Vector("paths_descend", "Two rows in the wrong order.", _unsorted("paths_descend", [b"b", b"a"]), "corrupt", "list")
    yield Vector("paths_twice", "The same path in two rows.", _unsorted("paths_twice", [b"a", b"a"]), "corrupt", "list")
    yield Vector("paths_by_byte", "Rows in the order of their bytes, not of their components.", _unsorted("paths_by_byte", [b"a", b"a-b", b"a/b"]),
                 "corrupt", "list")
    yield Vector("paths_unsigned", "Rows ordered as if bytes were signed.", _unsorted("paths_unsigned", [b"\xe9", b"z"]), "corrupt", "list")
    yield _fault("path_shared_first", "The first row shares bytes with a row before it.", {"table:catalog_leaf0": value("path_shared", 0, 1)})
    yield _fault("path_shared_too_long", "A row shares more bytes than the path before has.", {"table:catalog_leaf0": value("path_shared", 1, 4)})
    yield _fault("path_shared_huge", "A row shares 2^64 - 1 bytes.", {"table:catalog_leaf0": value("path_shared", 1, (1 << 64) - 1)})
    yield _fault("path_suffix_huge", "A suffix of 2^64 - 1 bytes.", {"table:catalog_leaf0": value("path_suffix_length", 0, (1 << 64) - 1)},
                 also="limit truncated")
    yield _fault("path_suffix_short", "Suffixes that are one byte fewer than their lengths say.",
                 {"table:catalog_leaf0": lambda table: table.update(path_suffix=table["path_suffix"][:-1])}, also="truncated")
    yield _fault("path_suffix_long", "Suffixes that are one byte more than their lengths say.",
                 {"table:catalog_leaf0": lambda table: table.update(path_suffix=table["path_suffix"] + b"x")}, also="trailing_data")


# --- rows: dir, dir/one, dir/two, link, null, sparse ---

def rows():
    leaf = "table:catalog_leaf0"
    cases = [
        ("kind_zero", "Entry kind 0.", value("kind", 0, 0), ""), ("kind_unknown", "Entry kind 7.", value("kind", 0, 7), "unsupported"),
        ("kind_huge", "An entry kind that is right in its low eight bits only.", value("kind", 0, 258), "unsupported"),
        ("mode_file_type", "A mode of more than 12 bits.", value("mode", 0, 0o40755), ""),
        ("user_index", "A user name past the names of the page.", value("user_name", 0, 4), ""),
        ("group_index", "A group name past the names of the page.", value("group_name", 0, 1 << 32), ""),
        ("names_short", "Fewer bytes of names than their lengths say.", lambda table: table.update(name_bytes=table["name_bytes"][:-1]), "truncated"),
        ("nanoseconds", "1,000,000,000 nanoseconds.", value("mtime_nanoseconds", 2, 1_000_000_000), ""),
        ("size_of_directory", "A size of a directory.", value("size", 0, 5), ""), ("size_of_link", "A size of a symbolic link.", value("size", 3, 7), ""),
        ("runs_of_link", "A run of a symbolic link.", _run_of_link, ""),
        ("size_without_runs", "A size of a file, and no run.", _no_run, ""),
        ("runs_without_size", "A run of a file of size 0.", value("size", 1, 0), ""),
        ("size_too_small", "The last run of a file is left nothing.", value("size", 5, 105), ""),
        ("runs_over_size", "Runs that are longer than the file.", value("run_bytes", 0, 1_000_000), ""),
        ("run_bytes_overflow", "Runs whose bytes overflow 64 bits.", value("run_bytes", 1, (1 << 64) - 2), ""),
        ("run_before_zero", "A run that begins before chunk 0.", value("run_first_chunk", 0, 1), ""),
        ("run_counts_short", "One run_chunk_count too few.", _shorter("run_chunk_count"), ""),
        ("run_firsts_long", "One run_first_chunk too many.", lambda table: table["run_first_chunk"].append(0), ""),
        ("digest_missing", "One digest too few.", lambda table: table.update(digest=table["digest"][:-32]), "truncated"),
        ("digest_surplus", "One digest too many.", lambda table: table.update(digest=table["digest"] + bytes(32)), "trailing_data"),
        ("target_missing", "No target_length for a symbolic link, but target bytes.", replaced("target_length", []), "trailing_data"),
        ("target_surplus", "Two targets for one symbolic link.", replaced("target_length", [3, 4]), ""),
        ("target_short", "Fewer bytes of targets than their lengths say.", lambda table: table.update(target_bytes=table["target_bytes"][:-1]), "truncated"),
        ("device_surplus", "Two devices for one device entry.", replaced("device", [1, 2]), ""),
        ("xattr_names_twice", "An attribute name twice.", lambda table: table.update(xattr_bytes=b"user.a1user.a22"), ""),
        ("xattr_names_descend", "Attribute names that descend.", lambda table: table.update(xattr_bytes=b"user.b1user.a22"), ""),
        ("xattr_name_empty", "An attribute without a name.", _first_name_empty, ""),
        ("xattr_name_nul", "An attribute's name with a NUL.", lambda table: table.update(xattr_bytes=b"user\0a1user.b22"), ""),
        ("target_empty", "A link without a target.", _target_empty, ""),
        ("xattr_count", "More attributes than there are names.", value("xattr_count", 1, 3), ""),
        ("xattr_bytes_short", "Fewer bytes of attributes than their lengths say.", lambda table: table.update(xattr_bytes=table["xattr_bytes"][:-1]),
         "truncated"),
        ("xattr_length_overflow", "Attribute lengths whose sum overflows 64 bits.", value("xattr_value_length", 0, (1 << 64) - 3), "limit truncated"),
    ]
    for name, what, edit, also in cases:
        yield _fault(f"row_{name}", what, {leaf: edit}, **({"also": also} if also else {}))
    yield _fault("leaf_first_number", "A first number in a catalog page.", {"page:catalog_leaf0": setting(first_number=1)})
    yield _fault("leaf_first_byte", "A first byte in a catalog page.", {"page:catalog_leaf0": setting(first_byte=1)})


def _first_name_empty(table):
    table["xattr_name_length"][0] = 0
    table["xattr_bytes"] = table["xattr_bytes"][6:]


def _target_empty(table):
    table["target_length"], table["target_bytes"] = [0], b""


def _shorter(column):
    def edit(table):
        table[column].pop()
    return edit


def _run_of_link(table):
    table["run_count"][3] = 1
    table["run_chunk_count"].insert(2, 1)
    table["run_first_chunk"].insert(2, 0)


def _no_run(table):
    table["run_count"][1] = 0
    table["run_chunk_count"].pop(0)
    table["run_first_chunk"].pop(0)


# --- runs against chunks, digests, link groups ---

def content():
    leaf = "table:catalog_leaf0"
    yield _fault("run_past_chunks", "A run past the last chunk.", {leaf: value("run_chunk_count", 4, 2)}, stage="read")
    yield _fault("run_first_past_chunks", "A run that begins past the last chunk.", {leaf: value("run_first_chunk", 0, 8)}, stage="read", make=hello)
    yield _fault("run_count_huge", "A run of 2^64 - 1 chunks.", {leaf: value("run_chunk_count", 4, (1 << 64) - 1)}, stage="read")
    yield _fault("run_bytes_missing", "No run_bytes, which stands for zeros, where a file has three runs.", {leaf: replaced("run_bytes", [])}, stage="read")
    yield _fault("run_first_huge", "A run that begins at the highest number.", {leaf: value("run_first_chunk", 0, (1 << 64) - 2)}, stage="read", make=hello)
    yield _fault("size_over_chunks", "A file larger than its chunks.", {leaf: value("size", 0, 6)}, stage="read", make=hello)
    yield _fault("size_under_chunks", "A file smaller than its chunks.", {leaf: value("size", 0, 4)}, stage="read", make=hello)
    yield _fault("size_petabytes", "A file of one chunk that claims petabytes.", {leaf: value("size", 0, 1 << 52)}, stage="read", make=hello, also="limit")
    yield _fault("run_bytes_disagree", "A run's bytes moved to the run behind it.", {leaf: _moved_bytes}, stage="read")
    yield _fault("digest_wrong", "A digest that is not the content's.", {leaf: lambda table: table.update(digest=bytes(32) + table["digest"][32:])},
                 stage="verify")
    yield Vector("link_group_differs", "Two hard links of one file with different modes.", _links(), "corrupt", "verify")


def _moved_bytes(table):
    table["run_bytes"] = [4, 101]


def _links():
    package = Package("link_group_differs")
    package.block([b"hello"])
    return close(package, [regular(b"one", 0, link_group=1), regular(b"two", 0, link_group=1, mode=0o600)]).bytes()


# --- nodes ---

def nodes():
    node = "table:catalog_node0"
    cases = [
        ("entries_more", "A child said to have an entry more than it has.", value("child_entries", 0, 4)),
        ("entries_zero", "A child said to have no entries.", value("child_entries", 0, 0)),
        ("first_path", "A child's first path that is not its own.", lambda table: swapped_path(table)),
        ("children_descend", "Children in the wrong order.", _reversed_children),
        ("position_zero", "A child at position 0.", value("child_position", 0, 0)),
        ("position_superblock", "A child within the superblock.", value("child_position", 0, 32)),
        ("position_not_a_frame", "A child eight bytes behind a frame's start.",
         lambda table: value("child_position", 0, table["child_position"][0] + 8)(table)),
        ("position_huge", "A child at the highest position.", value("child_position", 0, (1 << 64) - 64)),
        ("length", "A child's stored length one too small.", lambda table: value("child_stored_length", 0, table["child_stored_length"][0] - 1)(table)),
        ("hash", "A child's hash that is not its own.", lambda table: table.update(child_hash=bytes(32) + table["child_hash"][32:])),
        ("hash_short", "Fewer hashes than children.", lambda table: table.update(child_hash=table["child_hash"][:-32])),
        ("twice", "The same child twice.", _same_child_twice),
    ]
    for name, what, edit in cases:
        yield _fault(f"node_{name}", what, {node: edit}, make=_two_leaves, **({"also": "truncated"} if name == "hash_short" else {}))
    contents = [("wrong", "A leaf's content hash that is not its own.", _first_content(bytes(range(32))), {}, {}),
                ("short", "Fewer content hashes than children.", lambda table: table.update(child_content_hash=table["child_content_hash"][:-32]), {},
                 {"stage": "list", "also": "truncated"}),
                ("of_a_part", "The content hash of a leaf that is only the first part of a group.", _first_content(bytes(31) + b"\1"),
                 {"leaf_rows": [100, 300]}, {})]
    for name, what, edit, options, more in contents:
        yield _fault(f"node_content_hash_{name}", what, {node: edit}, make=lambda at, edits: many_entries(at, edits, **options), **({"stage": "verify"} | more))
    yield _fault("node_content_hash_height_2", "Content hashes in a node of height 2.", {"table:catalog_node1": lambda table: table.update(
        child_content_hash=bytes(31) + b"\1")}, make=lambda at, edits: forest(at, edits, leaves=2, catalog_height=2))
    yield Vector("node_content_hash_of_links", "The content hash of a leaf that holds hard links.", _content_of_links(), "corrupt", "verify")
    yield _fault("node_without_rows", "A node without children.", {"page:catalog_node0": _without_rows}, make=_two_leaves)
    yield _fault("node_height_2", "A node of height 2 above leaves.", {"page:catalog_node0": setting(height=2)}, make=_two_leaves)
    yield _fault("node_height_0", "A node of height 0.", {"page:catalog_node0": setting(height=0)}, make=_two_leaves)
    yield _fault("leaf_height_1", "A leaf of height 1.", {"page:catalog_leaf0": setting(height=1)})
    yield _fault("page_kind_zero", "Page kind 0.", {"page:catalog_leaf0": setting(kind=0)})
    yield _fault("page_kind_manifest", "A manifest as catalog page.", {"page:catalog_leaf0": setting(kind=3)})
    yield _fault("page_kind_chunks", "A chunk leaf as catalog page.", {"page:catalog_leaf0": setting(kind=4)})
    yield _fault("leaf_without_rows", "A leaf without rows.", {"page:catalog_leaf0": _without_rows}, make=hello)
    yield Vector("node_refers_ahead", "A node whose child lies behind it.", _refers_ahead(0), "corrupt", "list")
    yield Vector("node_refers_to_itself", "A node that is its own child.", _refers_ahead(1), "corrupt", "list")
    yield Vector("leaves_overlap", "Two leaves whose paths overlap.", _overlapping_leaves(), "corrupt", "list")


def _first_content(value):
    def edit(table):
        table["child_content_hash"] = value + table["child_content_hash"][32:]
    return edit


def _content_of_links():
    package = Package("node_content_hash_of_links")
    package.block([b"hello"])
    package.chunk_page()
    entries = [regular(b"one", 0, link_group=1), regular(b"two", 0, link_group=1)]
    package.manifest(entries)
    package.edits["table:catalog_node0"] = lambda table: table.update(child_content_hash=content_groups(entries)[0][2])
    package.commit(entries, catalog_height=1)
    package.trailer()
    return package.bytes()


def _two_leaves(name, edits):
    return forest(name, edits, leaves=2)


def swapped_path(table):
    table["path_suffix"] = table["path_suffix"].replace(b"dir0", b"cir0", 1)


def _reversed_children(table):
    table["path_suffix"] = b"dir10"
    for column in ("child_position", "child_stored_length", "child_entries"):
        table[column].reverse()
    table["child_hash"] = table["child_hash"][32:] + table["child_hash"][:32]


def _same_child_twice(table):
    for column in ("child_position", "child_stored_length"):
        table[column][1] = table[column][0]
    table["child_hash"] = table["child_hash"][:32] * 2


def _without_rows(page):
    page.rows, page.columns = 0, []


def _refers_ahead(to_itself, position=0):
    """A leaf, a node that names a later copy of it (or the node itself), and that copy. Positions are found by building twice."""
    package = Package("node_refers_to_itself" if to_itself else "node_refers_ahead")
    edits = {"table:catalog_node0": value("child_position", 0, position)} if position else {}
    package.edits.update(edits)
    entries = [Entry(b"nothing")]
    package.manifest(entries)
    package.commit(entries, catalog_height=1, role="unused")
    leaf = package.out[package.positions["catalog_leaf0"]:package.positions["catalog_node0"]]
    node = package.references["catalog_node0"]
    package.out = package.out[:package.positions["unused"]]
    package.sequence, package.last_commit, package.generation, package.statement_hash = package.sequence - 1, 0, 0, bytes(32)
    copy = package.frame("copy", 4, leaf[64:])
    if not position:
        return _refers_ahead(to_itself, node.position if to_itself else copy.position)
    package.commits = []
    package._catalog = lambda *_: node
    package.commit(entries)
    package.trailer()
    return package.bytes()


def _overlapping_leaves():
    package = Package("leaves_overlap")
    package.sort = False
    entries = [Entry(path) for path in (b"a", b"x", b"m", b"z")]
    package.manifest(entries)
    package.commit(entries, leaf_rows=[2, 2])
    package.trailer()
    return package.bytes()


# --- manifests ---

def manifests():
    table = "table:manifest0"
    yield _fault("manifest_ahead", "A manifest that refers to chunks of a later page.", {}, stage="verify", make=_manifest_ahead)
    yield _fault("manifest_path", "A manifest with a path outside.", {table: replaced("path_suffix", b"../lo")}, stage="verify", make=hello)
    yield _fault("manifest_kind", "A manifest whose page is a catalog leaf.", {"page:manifest0": setting(kind=1)}, stage="verify", make=hello)
    yield _fault("manifest_cut_path", "Cut before the commit, and the only manifest holds a path outside.", {table: replaced("path_suffix", b"../lo")},
                 stage="open", make=_without_commit, also="truncated")
    package = hello("manifest_missing")
    for role, what in (("block0", "within the first block"), ("chunk_leaf0", "within the first chunk page"), ("manifest0", "within the first manifest")):
        yield Vector(f"cut_in_{role}", f"Cut {what}: nothing is left to list.", package.bytes()[:package.positions[role] + 70], "truncated", "open")


def _manifest_ahead(name, edits):
    package = Package(name, edits)
    package.block([b"hello"])
    entries = [regular(b"hello", 0)]
    package.manifest(entries)
    package.chunk_page()
    package.commit(entries)
    package.trailer()
    return package


def _without_commit(name, edits):
    package = hello(name, edits)
    package.out = package.out[:package.positions["commit"]]
    return package


def vectors():
    for group in (paths, rows, content, nodes, manifests):
        yield from group()
