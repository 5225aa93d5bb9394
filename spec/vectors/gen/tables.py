"""Pages from bytes: the directory of columns, and the rows of every kind of page (spec 6)."""

from types import SimpleNamespace

import limits
from failure import Cursor, require
from ids import COLUMNS, DEVICES, ENCODINGS, KINDS, PAGES
from integers import decode_integers
from wire import U64_MASK, unzigzag

ROW_LIMITS = {"catalog_leaf": limits.CATALOG_ROWS, "catalog_node": limits.CATALOG_ROWS, "manifest": limits.MANIFEST_ROWS,
              "chunk_leaf": limits.PAGE_CHUNKS, "chunk_node": limits.CATALOG_ROWS, "hint": limits.CATALOG_ROWS, "hint_node": limits.CATALOG_ROWS}
COLUMN_NAMES = {number: name for name, number in COLUMNS.items()}


class Page:
    def __init__(self, raw, kinds):
        it, self.raw_bytes = Cursor(raw, "page"), len(raw)
        kind, self.height, columns, self.rows = it.integer(1), it.integer(1), it.integer(2), it.integer(4)
        self.kind = next((name for name in kinds if PAGES[name] == kind), None)
        require(self.kind, f"page kind {kind} where none such is expected")
        require(self.height <= limits.TREE_HEIGHT, "tree too high", "limit")
        require((self.height > 0) == self.kind.endswith("_node"), "height of a leaf or node")
        require(columns <= limits.PAGE_COLUMNS, "too many columns", "limit")
        require(self.rows <= ROW_LIMITS[self.kind], "too many rows", "limit")
        self.first = tuple(it.integer(8) for _ in range(3))
        require(self.kind.startswith("chunk") or not any(self.first), "first numbers in a page that is not of chunks")
        self.columns = {}
        directory = [self._directory_entry(it) for _ in range(columns)]
        for column in directory:
            column.data = it.take(column.length)
            self.columns[column.name] = column
        it.finish()
        self.last_id = -1
        for column in directory:
            require(column.id > self.last_id, "column ids do not ascend")
            self.last_id = column.id

    @staticmethod
    def _directory_entry(it):
        column = SimpleNamespace(id=it.integer(2), encoding=it.integer(1), flags=it.integer(1), count=it.integer(4), length=it.integer(8))
        require(column.flags <= 1, "column: reserved flags")
        column.name = COLUMN_NAMES.get(column.id, column.id)
        require(column.id in COLUMN_NAMES or column.flags == 0, f"column {column.id} must be understood", "unsupported")
        return column

    def integers(self, name, count, most=U64_MASK):
        column = self.columns.get(name)
        if column is None:
            return [0] * count
        require(column.count == count, f"{name}: {column.count} values where {count} belong")
        require(column.encoding != ENCODINGS["bytes"], f"{name}: bytes where integers belong")
        values = decode_integers(column.encoding, column.data, count)
        require(all(value <= most for value in values), f"{name}: a value out of range")
        return values

    def count(self, name):
        column = self.columns.get(name)
        return column.count if column else 0

    def bytes(self, name, count):
        column = self.columns.get(name)
        if column is None:
            require(count == 0, f"{name}: missing")
            return b""
        require(column.encoding == ENCODINGS["bytes"], f"{name}: integers where bytes belong")
        require(column.count == column.length == count, f"{name}: {column.length} bytes where {count} belong")
        return column.data

    def pieces(self, name, lengths):
        data, at, out = self.bytes(name, sum(lengths)), 0, []
        for length in lengths:
            out.append(data[at:at + length])
            at += length
        return out

    def hashes(self, name, count):
        return self.pieces(name, [32] * count)


def path_order(path):
    return path.replace(b"/", b"\0")


def check_path(path):
    require(1 <= len(path) <= limits.PATH, "path length")
    require(b"\0" not in path and all(part not in (b"", b".", b"..") for part in path.split(b"/")), f"path {path[:60]!r}")


def paths(page, sorted_rows=True):
    shared = page.integers("path_shared", page.rows)
    lengths = page.integers("path_suffix_length", page.rows, limits.PATH)
    out, before = [], b""
    for common, suffix in zip(shared, page.pieces("path_suffix", lengths)):
        require(common <= len(before), "path shares more bytes than there are")
        path = before[:common] + suffix
        check_path(path)
        require(not sorted_rows or not before or path_order(before) < path_order(path), "paths do not ascend")
        out.append(path)
        before = path
    return out


# --- catalog leaf, manifest ---

def entries(page):
    rows = [SimpleNamespace(path=path) for path in paths(page, page.kind == "catalog_leaf")]
    _fixed_columns(page, rows)
    _names(page, rows)
    _runs(page, rows)
    _digests(page, rows)
    _targets(page, rows)
    _attributes(page, rows)
    return rows


FIXED = {"kind": 6, "mode": 0o7777, "uid": U64_MASK, "gid": U64_MASK, "mtime_seconds": U64_MASK, "mtime_nanoseconds": 999_999_999,
         "size": U64_MASK, "link_group": U64_MASK}


def _fixed_columns(page, rows):
    for name, most in FIXED.items():
        for row, value in zip(rows, page.integers(name, page.rows, most)):
            setattr(row, name, value)
    for row in rows:
        require(row.kind in KINDS.values(), f"entry kind {row.kind}")
        row.regular = row.kind == KINDS["regular"]
        row.mtime_seconds = unzigzag(row.mtime_seconds)
        require(row.regular or row.size == 0, "size of what is no regular file")


def _names(page, rows):
    require(page.count("name_length") <= limits.NAMES_PER_ROW * page.rows, "more names than rows have", "limit")
    lengths = page.integers("name_length", page.count("name_length"))
    names = [b""] + page.pieces("name_bytes", lengths)
    for column in ("user_name", "group_name"):
        for row, index in zip(rows, page.integers(column, page.rows, len(names) - 1)):
            setattr(row, column, names[index])


class Run:
    __slots__ = ("first", "count", "size")  # there may be a million of them

    def __init__(self, count):
        self.first, self.count, self.size = 0, count, 0

    def __eq__(self, other):
        return (self.first, self.count, self.size) == (other.first, other.count, other.size)


def _runs(page, rows):
    counts = page.integers("run_count", page.rows)
    require(max(counts, default=0) <= limits.ENTRY_RUNS, "too many runs of an entry", "limit")
    total = sum(counts)
    require(total <= min(limits.PAGE_RUNS, limits.PAGE_RUNS_FREE + page.raw_bytes), "too many runs of a page", "limit")
    chunk_counts = page.integers("run_chunk_count", total)
    firsts = iter(page.integers("run_first_chunk", sum(count > 0 for count in chunk_counts)))
    chunk_counts = iter(chunk_counts)
    sizes = iter(page.integers("run_bytes", sum(max(0, count - 1) for count in counts)))
    expected = 0
    for row, count in zip(rows, counts):
        require((count > 0) == (row.regular and row.size > 0), "runs of what has no content, or content without runs")
        row.runs, left = [], row.size
        for index in range(count):
            run = Run(next(chunk_counts))
            if run.count:
                run.first = expected + unzigzag(next(firsts))
                expected = run.first + run.count
                require(run.first >= 0, "run before the first chunk")
            run.size = left if index == count - 1 else next(sizes)
            require(run.size <= left, "runs longer than the size")
            left -= run.size
            row.runs.append(run)
        require(count == 0 or row.runs[-1].size > 0, "the last run of a file is empty")


def _digests(page, rows):
    for row in rows:
        row.stores_digest = row.regular and row.size > 0 and not (len(row.runs) == 1 and row.runs[0].count == 1)
    stored = iter(page.hashes("digest", sum(row.stores_digest for row in rows)))
    for row in rows:
        row.digest = next(stored) if row.stores_digest else None


def _targets(page, rows):
    links = [row for row in rows if row.kind == KINDS["symlink"]]
    for row in rows:
        row.target, row.device = b"", 0
    for row, target in zip(links, page.pieces("target_bytes", page.integers("target_length", len(links)))):
        require(target and b"\0" not in target, "a link's target that is empty or has a NUL")
        row.target = target
    devices = [row for row in rows if row.kind in DEVICES]
    for row, device in zip(devices, page.integers("device", len(devices))):
        row.device = device


def _attributes(page, rows):
    counts = page.integers("xattr_count", page.rows)
    require(sum(counts) <= limits.PAGE_ATTRIBUTES, "too many attributes", "limit")
    require(sum(counts) <= page.raw_bytes, "more attributes than bytes for their names")
    name_lengths = page.integers("xattr_name_length", sum(counts))
    value_lengths = page.integers("xattr_value_length", sum(counts))
    lengths = [length for pair in zip(name_lengths, value_lengths) for length in pair]
    pieces = iter(page.pieces("xattr_bytes", lengths))
    for row, count in zip(rows, counts):
        row.xattrs = [(next(pieces), next(pieces)) for _ in range(count)]
        names = [name for name, _ in row.xattrs]
        require(names == sorted(set(names)), "attribute names do not ascend")
        require(all(name and b"\0" not in name for name in names), "an attribute's name that is empty or has a NUL")
        require(sum(len(name) + len(value) for name, value in row.xattrs) <= limits.ATTRIBUTES, "attributes too long", "limit")


# --- nodes and chunk leaves ---

def children(page):
    require(page.rows > 0, "a node without children")
    out = [SimpleNamespace(position=position, length=length, hash=value) for position, length, value in zip(
        page.integers("child_position", page.rows), page.integers("child_stored_length", page.rows), page.hashes("child_hash", page.rows))]
    if page.kind in ("catalog_node", "hint_node"):
        for child, path, count in zip(out, paths(page), page.integers("child_entries", page.rows)):
            child.first_path, child.entries = path, count
        known = "child_content_hash" in page.columns
        require(not known or (page.height == 1 and page.kind == "catalog_node"), "content hashes in a node that has no leaves below it")
        for child, value in zip(out, page.hashes("child_content_hash", page.rows) if known else [bytes(32)] * page.rows):
            child.content_hash = value
        return out
    columns = [page.integers(name, page.rows) for name in ("child_first_number", "child_first_block", "child_first_byte")]
    for child, first in zip(out, zip(*columns)):
        child.first = first
    return out


def hint_rows(page):
    """How many; all of them well-formed."""
    require(page.rows > 0, "a hint page without rows")
    for name, most in (("hint_inode", U64_MASK), ("hint_ctime_seconds", U64_MASK), ("hint_ctime_nanoseconds", 999_999_999)):
        page.integers(name, page.rows, most)
    require(len(set(page.integers("hint_scan_seconds", page.rows))) == 1, "a hint page of more than one scan")
    return page.rows


def chunk_leaf(page):
    """(chunks, blocks) with absolute numbers."""
    blocks = _blocks(page)
    lengths = page.integers("chunk_length", page.rows)
    hashes = page.hashes("chunk_hash", page.rows)
    block_indexes = page.integers("chunk_block", page.rows, max(0, len(blocks) - 1))
    require(not page.rows or blocks, "chunks without a block")
    out, ends = [], [0] * len(blocks)
    for length, value, index, step in zip(lengths, hashes, block_indexes, page.integers("chunk_offset", page.rows)):
        chunk = SimpleNamespace(length=length, hash=value, block=blocks[index], offset=ends[index] + unzigzag(step))
        require(length > 0, "a chunk of no bytes")
        require(not chunk.block.dictionary, "a chunk in a dictionary")
        require(chunk.offset >= ends[index], "a chunk that begins before the one before it in its block ends")
        require(chunk.offset + length <= chunk.block.raw_length, "a chunk out of its block")
        ends[index] = chunk.offset + length
        out.append(chunk)
    return out, blocks


def _blocks(page):
    count = page.count("block_position")
    require(count <= limits.PAGE_CHUNKS, "too many blocks", "limit")
    out = [SimpleNamespace(number=page.first[1] + index, hash=value) for index, value in enumerate(page.hashes("block_hash", count))]
    for field in ("position", "stored_length", "raw_length", "base", "is_dictionary"):
        for block, value in zip(out, page.integers(f"block_{field}", count)):
            setattr(block, field, value)
    require(all(a.position < b.position for a, b in zip(out, out[1:])), "blocks whose positions do not ascend")
    for block in out:
        require(block.raw_length <= limits.BLOCK_RAW, "raw length over the limit", "limit")
        require(block.is_dictionary <= 1 and block.base <= block.number, "block_base or block_is_dictionary")
        block.dictionary = bool(block.is_dictionary)
        require(not (block.dictionary and block.base), "a dictionary that names a base")
    return out
