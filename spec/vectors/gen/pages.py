"""Entries, and pages: tables by column (spec 6). Tables are dicts of column name -> integers or bytes."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import columns
from blake3 import digest
from ids import COLUMNS, DEVICES, ENCODINGS, KINDS, PAGES
from wire import u8, u16, u32, u64, zigzag


@dataclass
class Run:
    first: int = 0
    count: int = 1       # 0: a hole
    size: int = None     # bytes; None: what the chunks hold


@dataclass
class Entry:
    path: bytes
    kind: int = KINDS["regular"]
    mode: int = 0o644
    uid: int = 1000
    gid: int = 1000
    user: bytes = b""
    group: bytes = b""
    seconds: int = 1_600_000_000
    nanoseconds: int = 0
    runs: list = field(default_factory=list)
    size: int = None
    digest: bytes = None
    link_group: int = 0
    target: bytes = b""
    device: int = 0
    xattrs: list = field(default_factory=list)  # (name, value)

    @property
    def is_regular(self):
        return self.kind == KINDS["regular"]

    @property
    def order(self):
        """Sorts paths: NUL occurs in none of them, so it can stand for a `/` that is lower than everything."""
        return self.path.replace(b"/", b"\0")

    @property
    def stores_digest(self):
        return self.is_regular and bool(self.runs) and not (len(self.runs) == 1 and self.runs[0].count == 1)


def directory(path, mode=0o755, **more):
    return Entry(path, KINDS["directory"], mode, **more)


def symlink(path, target, **more):
    return Entry(path, KINDS["symlink"], 0o777, target=target, **more)


# --- tables ---

def path_columns(paths):
    shared, lengths, suffixes, before = [], [], b"", b""
    for path in paths:
        common = 0
        while common < min(len(path), len(before)) and path[common] == before[common]:
            common += 1
        shared.append(common)
        lengths.append(len(path) - common)
        suffixes += path[common:]
        before = path
    return {"path_shared": shared, "path_suffix_length": lengths, "path_suffix": suffixes}


def _name_columns(rows):
    names = sorted({name for row in rows for name in (row.user, row.group)} - {b""})
    number = {name: index + 1 for index, name in enumerate(names)} | {b"": 0}
    return {"user_name": [number[row.user] for row in rows], "group_name": [number[row.group] for row in rows],
            "name_length": [len(name) for name in names], "name_bytes": b"".join(names)}


def _run_columns(rows):
    first, counts, sizes, expected = [], [], [], 0
    for row in rows:
        for index, run in enumerate(row.runs):
            counts.append(run.count)
            if run.count:
                first.append(zigzag(run.first - expected))
                expected = run.first + run.count
            if index < len(row.runs) - 1:
                sizes.append(run.size)
    return {"run_count": [len(row.runs) for row in rows], "run_first_chunk": first, "run_chunk_count": counts, "run_bytes": sizes}


def catalog_leaf_table(rows):
    attributes = [attribute for row in rows for attribute in row.xattrs]
    return path_columns([row.path for row in rows]) | {
        "kind": [row.kind for row in rows], "mode": [row.mode for row in rows],
        "uid": [row.uid for row in rows], "gid": [row.gid for row in rows],
    } | _name_columns(rows) | {
        "mtime_seconds": [zigzag(row.seconds) for row in rows], "mtime_nanoseconds": [row.nanoseconds for row in rows],
        "size": [row.size for row in rows],
    } | _run_columns(rows) | {
        "digest": b"".join(row.digest for row in rows if row.stores_digest),
        "link_group": [row.link_group for row in rows],
        "target_length": [len(row.target) for row in rows if row.kind == KINDS["symlink"]],
        "target_bytes": b"".join(row.target for row in rows if row.kind == KINDS["symlink"]),
        "device": [row.device for row in rows if row.kind in DEVICES],
        "xattr_count": [len(row.xattrs) for row in rows],
        "xattr_name_length": [len(name) for name, _ in attributes], "xattr_value_length": [len(value) for _, value in attributes],
        "xattr_bytes": b"".join(name + value for name, value in attributes),
    }


def _children_table(children):
    return {"child_position": [child.position for child in children], "child_stored_length": [child.length for child in children],
            "child_hash": b"".join(child.hash for child in children)}


def catalog_node_table(children):
    return path_columns([child.first_path for child in children]) | _children_table(children) | {
        "child_entries": [child.entries for child in children],
        "child_content_hash": b"".join(getattr(child, "content_hash", b"") for child in children)}


def chunk_node_table(children):
    return _children_table(children) | {f"child_{name}": [getattr(child, name) for child in children]
                                        for name in ("first_number", "first_block", "first_byte")}


def _chunk_offsets(chunks):
    offsets, ends = [], {}
    for chunk in chunks:
        offsets.append(zigzag(chunk.offset - ends.get(chunk.block, 0)))
        ends[chunk.block] = chunk.offset + len(chunk.data)
    return offsets


def chunk_leaf_table(chunks, blocks, first_block):
    return {
        "chunk_length": [len(chunk.data) for chunk in chunks], "chunk_hash": b"".join(digest(chunk.data) for chunk in chunks),
        "chunk_block": [chunk.block - first_block for chunk in chunks], "chunk_offset": _chunk_offsets(chunks),
        "block_position": [block.position for block in blocks], "block_stored_length": [block.length for block in blocks],
        "block_raw_length": [block.raw_length for block in blocks], "block_hash": b"".join(block.hash for block in blocks),
        "block_base": [0 if block.base is None else first_block + index - block.base for index, block in enumerate(blocks)],
        "block_is_dictionary": [int(block.dictionary) for block in blocks],
    }


# --- pages ---

def new_page(kind, height, rows, first_number=0, first_block=0, first_byte=0):
    return SimpleNamespace(kind=PAGES[kind], height=height, rows=rows, first_number=first_number, first_block=first_block, first_byte=first_byte,
                           column_count=None, tail=b"")


def column(name, values):
    """A column of a page. Integers that are all zero, and no bytes, make no column."""
    if isinstance(values, bytes):
        return new_column(COLUMNS[name], ENCODINGS["bytes"], len(values), values) if values else None
    if not values or not any(values) and name != "block_position":
        return None
    encoding, data = columns.encode(values)
    return new_column(COLUMNS[name], encoding, len(values), data)


def new_column(column_id, encoding, count, data):
    return SimpleNamespace(id=column_id, encoding=encoding, flags=0, count=count, data=data, length=None)


def encode_page(page, table, edit):
    page.columns = [it for it in (column(name, values) for name, values in table.items()) if it]
    edit(page)
    out = u8(page.kind) + u8(page.height) + u16(len(page.columns) if page.column_count is None else page.column_count) + u32(page.rows)
    out += u64(page.first_number) + u64(page.first_block) + u64(page.first_byte)
    for it in page.columns:
        out += u16(it.id) + u8(it.encoding) + u8(it.flags) + u32(it.count) + u64(len(it.data) if it.length is None else it.length)
    return out + b"".join(it.data for it in page.columns) + page.tail
