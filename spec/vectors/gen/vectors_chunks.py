"""Faults in chunk leaves and nodes, and in bases (spec 5, 6.4, 6.5, 13)."""

import payloads
from package import Package
from vector import Vector, close, forest, hello, mixed, regular, replaced, setting, value
from vectors_ok import BASE, joined_pages


def _fault(name, what, edits, make=mixed, failure_class="corrupt", stage="read", **more):
    return Vector(name, what, make(name, edits).bytes(), failure_class, stage, more=more)


def _relative(column, index, step):
    def edit(table):
        table[column][index] += step
    return edit


# --- leaf: chunks alpha, beta in block 0, gamma in block 1 ---

def leaf():
    table, page = "table:chunk_leaf0", "page:chunk_leaf0"
    top = (1 << 64) - 1
    cases = [
        ("length_zero", "A chunk of no bytes.", value("chunk_length", 0, 0), ""),
        ("length_past_block", "A chunk longer than what its block has left.", value("chunk_length", 2, 6), ""),
        ("length_huge", "A chunk of 2^64 - 1 bytes.", value("chunk_length", 2, top), "limit"),
        ("block_past_end", "A chunk in a block past those of the page.", value("chunk_block", 2, 2), ""),
        ("block_huge", "A chunk in block 2^64 - 1.", value("chunk_block", 2, top), ""),
        ("offset_past_block", "A chunk that ends one byte behind its block.", value("chunk_offset", 2, 2), ""),
        ("offset_negative", "A chunk that begins before its block.", value("chunk_offset", 0, 1), ""),
        ("overlap", "A chunk that begins before the one before it in its block ends.", value("chunk_offset", 1, 1), ""),
        ("overlap_across", "A chunk that begins before the last one in its block ends, a chunk of another block between them.", _overlap_across, ""),
        ("offset_huge", "A chunk at an offset of 2^63 - 1.", value("chunk_offset", 2, top - 1), ""),
        ("hashes_short", "One chunk hash too few.", lambda it: it.update(chunk_hash=it["chunk_hash"][:-32]), "truncated"),
        ("lengths_short", "One chunk length too few.", lambda it: it["chunk_length"].pop(), ""),
        ("position_zero", "A block at position 0.", value("block_position", 0, 0), ""),
        ("position_superblock", "A block within the superblock.", value("block_position", 0, 32), ""),
        ("position_not_a_frame", "A block eight bytes behind a frame's start.", _relative("block_position", 0, 8), ""),
        ("position_past_end", "A block past the end of the file.", value("block_position", 0, 1 << 20), "truncated"),
        ("position_huge", "A block at position 2^64 - 1.", value("block_position", 0, top), "truncated"),
        ("positions_descend", "Blocks whose positions do not ascend.", lambda it: it["block_position"].reverse(), ""),
        ("positions_equal", "Two blocks at one position.", _equal_positions, ""),
        ("stored_length", "A stored length that is not the frame's.", _relative("block_stored_length", 0, 1), ""),
        ("stored_length_huge", "A stored length of 2^64 - 1 that is not the frame's.", value("block_stored_length", 0, top), "limit"),
        ("raw_length", "A raw length that is not the frame's.", _relative("block_raw_length", 0, 1), ""),
        ("block_hash", "A block's hash that is not its own.", lambda it: it.update(block_hash=bytes(32) + it["block_hash"][32:]), ""),
        ("block_hashes_short", "One block hash too few.", lambda it: it.update(block_hash=it["block_hash"][:-32]), "truncated"),
        ("is_dictionary_2", "2 for block_is_dictionary.", replaced("block_is_dictionary", [2, 0]), ""),
        ("is_dictionary", "A block with chunks, said to be a dictionary.", replaced("block_is_dictionary", [1, 0]), ""),
        ("base_past_first", "A base before block 0.", value("block_base", 0, 1), ""),
        ("base_only_here", "A base that the block itself does not name.", value("block_base", 1, 1), ""),
        ("no_blocks", "Chunks, and no block.", _no_blocks, ""),
    ]
    for name, what, edit, also in cases:
        yield _fault(f"chunk_{name}", what, {table: edit}, **({"also": also} if also else {}))
    yield _fault("chunk_first_number", "A chunk tree that begins with chunk 1.", {page: setting(first_number=1)})
    yield _fault("chunk_first_block", "A chunk tree that begins with block 1.", {page: setting(first_block=1)})
    yield _fault("chunk_first_byte", "A chunk tree that begins at byte 1.", {page: setting(first_byte=1)})
    yield _fault("chunk_page_kind", "A catalog leaf as chunk page.", {page: setting(kind=1)})
    yield _fault("chunk_hash_wrong", "A chunk's hash that is not its own.",
                 {table: lambda it: it.update(chunk_hash=it["chunk_hash"][:32] + bytes(32) + it["chunk_hash"][64:])}, stage="verify")
    yield Vector("joined_page_damaged", "A chunk leaf that no tree names any more, with one raw length too many.",
                 joined_pages("joined_page_damaged", {"table:chunk_leaf0": lambda it: it["block_raw_length"].append(7)}).bytes(), "corrupt", "verify")
    yield from _positions()


def _equal_positions(table):
    table["block_position"][1] = table["block_position"][0]


def _overlap_across(table):
    """alpha in block 0, beta in block 1, gamma once more in block 0, at 4."""
    table["chunk_block"], table["chunk_offset"], table["block_raw_length"] = [0, 1, 0], [0, 0, 1], [9, 5]


def _no_blocks(table):
    for name in table:
        if name.startswith("block_"):
            table[name] = b"" if name == "block_hash" else []


def _positions():
    yield Vector("block_behind_its_page", "A block that lies behind the page that names it.", _block_behind().bytes(), "corrupt", "read")
    yield Vector("block_is_a_manifest", "A manifest named as a block, with its true length and hash.", _manifest_as_block().bytes(), "corrupt", "read")
    yield Vector("block_within_a_block", "A block whose frame lies within the bytes of another block.", _nested().bytes(), "corrupt", "verify")
    yield Vector("dictionary_with_chunks", "A chunk that lies in a dictionary.", _dictionary_chunk().bytes(), "corrupt", "read")


def _block_behind():
    """The chunk page comes first; its references are made from the block that follows."""
    sample = hello("block_behind_its_page")
    block, page = sample.references["block0"], sample.references["chunk_leaf0"]
    package = Package("block_behind_its_page")
    body = sample.out[block.position + 64:block.position + 64 + block.length]
    edit = value("block_position", 0, 96 + 64 + page.length)
    package.edits["table:chunk_leaf0"] = edit
    package.blocks = [vars_copy(sample.blocks[0])]
    package.chunks = sample.chunks
    package.chunk_page()
    package.frame("block0", 1, body)
    return _finish(package, [regular(b"hello", 0)])


def vars_copy(record):
    return type(record)(**vars(record))


def _finish(package, entries):
    package.manifest(entries)
    package.commit(entries)
    package.trailer()
    return package


def _manifest_as_block():
    package = Package("block_is_a_manifest")
    package.block([b"x" * 40], frame_type="manifest")
    return close(package, [regular(b"hello", 0)])


def _nested():
    """A stored block holds a whole frame, with tag and checksums, of a block of one chunk."""
    inner = Package("block_within_a_block")
    inner.block([b"inside"])
    frame = inner.out[96:]
    package = Package("block_within_a_block")
    package.block([frame])
    hidden = vars_copy(inner.blocks[0])
    hidden.position = 96 + 64 + 24
    package.blocks.append(hidden)
    package.chunks.append(type(hidden)(data=b"inside", block=1, offset=0))
    return close(package, [regular(b"inside", 1), regular(b"outside", 0)])


def _dictionary_chunk():
    package = Package("dictionary_with_chunks")
    package.block([b"hello"], dictionary=True)
    package.chunks.append(type(package.blocks[0])(data=b"hello", block=0, offset=0))
    return close(package, [regular(b"hello", 0)])


# --- nodes ---

def nodes():
    node = "table:chunk_node0"
    cases = [
        ("first_number", "A child's first number that is not its own.", _relative("child_first_number", 1, 1)),
        ("first_block", "A child's first block that is not its own.", _relative("child_first_block", 1, 1)),
        ("first_byte", "A child's first byte that is not its own.", _relative("child_first_byte", 1, 1)),
        ("position_zero", "A child at position 0.", value("child_position", 1, 0)),
        ("position_not_a_frame", "A child eight bytes behind a frame's start.", _relative("child_position", 1, 8)),
        ("length", "A child's stored length that is not the frame's.", _relative("child_stored_length", 1, 1)),
        ("hash", "A child's hash that is not its own.", lambda it: it.update(child_hash=it["child_hash"][:32] + bytes(32))),
        ("numbers_short", "A first number too few.", lambda it: it["child_first_number"].pop()),
        ("child_twice", "The first child twice.", _first_child_twice),
    ]
    for name, what, edit in cases:
        yield _fault(f"chunk_node_{name}", what, {node: edit}, _two_leaves)
    yield _fault("chunk_node_height_2", "A node of height 2 above leaves.", {"page:chunk_node0": setting(height=2)}, _two_leaves)
    yield _fault("chunk_node_of_itself", "A node whose child lies where it lies itself.", {node: _at_itself}, _two_leaves)
    yield _fault("chunk_node_without_rows", "A node without children.", {"page:chunk_node0": _without_rows}, _two_leaves)
    yield _fault("chunk_leaves_gap", "A second leaf whose chunks begin one number too high.", {"page:chunk_leaf1": setting(first_number=3)}, _two_leaves)
    yield _fault("chunk_leaf_blocks_gap", "A second leaf whose blocks begin one number too high.", {"page:chunk_leaf1": setting(first_block=2)}, _two_leaves)


def _two_leaves(name, edits):
    return forest(name, edits, leaves=2)


def _first_child_twice(table):
    for name in ("child_position", "child_stored_length"):
        table[name][1] = table[name][0]
    table["child_hash"] = table["child_hash"][:32] * 2


def _at_itself(table):
    sample = forest("chunk_node_of_itself", leaves=2)
    table["child_position"][1] = sample.positions["chunk_node0"]


def _without_rows(page):
    page.rows, page.columns = 0, []


# --- bases ---

def bases():
    yield Vector("base_of_a_base", "A base that names a base itself.", _chain_of_bases().bytes(), "corrupt", "read")
    yield Vector("base_too_long", "A base of 524,289 bytes.", _long_base().bytes(), "limit", "read", more={"also": "corrupt"})
    yield Vector("base_behind", "A base that lies behind the block that names it.", _base_behind().bytes(), "corrupt", "read")
    yield Vector("base_only_in_frame", "A base that the chunk page does not name.", _based("base_only_in_frame", {
        "table:chunk_leaf0": value("block_base", 2, 0)}).bytes(), "corrupt", "read")
    yield Vector("base_disagrees", "One base in the frame, another in the chunk page.", _based("base_disagrees", {
        "table:chunk_leaf0": value("block_base", 2, 2)}).bytes(), "corrupt", "read")
    yield Vector("base_no_frame", "A base position in the frame that is no frame's start.", _based("base_no_frame", {
        "inner:block0": setting(base=100)}).bytes(), "corrupt", "read")
    yield Vector("base_is_itself", "A block that is its own base.", _own_base().bytes(), "corrupt", "read")


def _based(name, edits):
    """Dictionaries 0 and 1, block 2 on dictionary 1."""
    package = Package(name, edits)
    package.block([BASE], dictionary=True)
    package.block([BASE], dictionary=True)
    package.block([b"hello"], payloads.lz4_literals, base=1)
    return close(package, [regular(b"hello", 0)])


def _chain_of_bases():
    package = Package("base_of_a_base")
    package.block([b"first"])
    package.block([b"second"], payloads.lz4_literals, base=0)
    package.block([b"third"], payloads.lz4_literals, base=1)
    return close(package, [regular(b"first", 0), regular(b"second", 1), regular(b"third", 2)])


def _long_base():
    package = Package("base_too_long")
    length = (512 << 10) + 1
    package.block([bytes(length)], lambda raw: payloads.zstd_rle(b"\0", length), dictionary=True)
    package.block([b"hello"], payloads.lz4_literals, base=0)
    return close(package, [regular(b"hello", 0)])


def _base_behind():
    """Block 0 is the dictionary, but its frame comes second."""
    sample = hello("base_behind", codec=payloads.lz4_literals)
    behind = 96 + 64 + sample.references["block0"].length
    package = Package("base_behind", {"inner:block0": setting(base=behind)})
    package.block([b"hello"], payloads.lz4_literals)
    package.block([BASE], dictionary=True)
    package.blocks.reverse()
    package.blocks[1].base = 0
    package.chunks[0].block = 1
    return close(package, [regular(b"hello", 0)])


def _own_base():
    package = Package("base_is_itself", {"inner:block0": setting(base=96)})
    package.block([b"hello"], payloads.lz4_literals)
    return close(package, [regular(b"hello", 0)])


def vectors():
    for group in (leaf, nodes, bases):
        yield from group()
