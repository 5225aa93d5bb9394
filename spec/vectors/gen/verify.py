"""Verification: every frame, every reference, every hash, every total (spec 5, 7, 10, 12, 15)."""

from collections import Counter
from types import SimpleNamespace

import parity
import parse
import tables
from blake3 import derive, digest
from failure import Cursor, Failure, require
from ids import CLEAR_FRAMES, FRAME_TYPES
from limits import BLOCK_RAW, PAGE_RAW
from roots import content_groups, content_root


def verify(reader):
    frames = walk(reader)
    require(not reader.recovered, "no valid trailer")
    reader.load_chunks()
    for row in reader.entries():
        reader.content(row)
    for number in range(len(reader.chunks)):
        reader.chunk(number)
    _references(reader, frames)
    _totals(reader)
    _roots(reader)
    _link_groups(reader.entries())
    _hints(reader)


# --- frames, one after another ---

def walk(reader):
    data, at, sequence, chunk_total, frames, last = reader.data, 96, 0, 0, {}, None
    history = _History(reader)
    while at < len(data):
        if last and last.type == FRAME_TYPES["trailer"] and data[at:at + 4] != b"NPKF":
            raise Failure("trailing_data", "bytes behind the trailer")
        header, body = reader.frame_at(at)
        require(header.sequence == sequence, "sequence")
        require(header.last_commit == history.commit.position, "position of the last commit")
        frames[at], last = header, header
        if header.type in FRAME_TYPES.values() and header.type not in CLEAR_FRAMES:
            inner = parse.inner_header(reader.plain(header, body), BLOCK_RAW)
            require(inner.base == 0 or header.type == FRAME_TYPES["block"], "a base of what is no block")
        elif header.flags & parse.CARRIES_SALT:
            reader.opener.meet(header, body)
        chunk_total = _walk_page(reader, at, header, body, chunk_total)
        if header.type == FRAME_TYPES["padding"]:
            require(not any(body), "a padding frame that is not all zeros")
        if header.type == FRAME_TYPES["parity"]:
            parity.verify_frame(reader.data[:96], at, header, body)
        history.take(at, header, body)
        at, sequence = at + parse.HEADER_BYTES + len(body), sequence + 1
    require(last is not None and last.type == FRAME_TYPES["trailer"], "no trailer at the end", "truncated")
    return frames


class _History:
    """Commits, signatures and trailers: each names the one before it."""

    def __init__(self, reader):
        self.reader, self.commit, self.statement, self.signature = reader, SimpleNamespace(position=0, length=0, hash=bytes(32)), None, 0

    def take(self, at, header, body):
        step = {FRAME_TYPES["commit"]: self._commit, FRAME_TYPES["signature"]: self._signature, FRAME_TYPES["trailer"]: self._trailer}.get(header.type)
        if step:
            step(SimpleNamespace(position=at, length=len(body), hash=digest(body)), header, body)

    def _commit(self, place, _header, _body):
        found = self.reader.read_commit(place, place.position + 1)
        require(found.placement.before == self.commit.position, "the commit before")
        before = self.statement
        if before:
            require(found.statement.generation > before.statement.generation, "a generation that is not above the one before it")
            follows = found.statement.generation == before.statement.generation + 1
            require(not follows or found.statement.before == before.hash, "the statement before")
        self.commit, self.statement = place, found

    def _signature(self, place, header, body):
        inner = parse.inner_header(self.reader.plain(header, body), PAGE_RAW)
        it = Cursor(inner.payload, "signature")
        require(not inner.chain and it.take(8) == b"NPKSIGN1", "signature magic, or a chain")
        require(it.integer(8) == self.signature, "the signature before")
        named = SimpleNamespace(position=it.integer(8), length=it.integer(8), hash=it.take(32))
        require(named == self.commit and self.statement, "a signature of another commit")
        require(it.integer(8) == self.statement.statement.generation and it.take(32) == self.statement.hash, "a signature of another statement")
        self.signature = place.position

    def _trailer(self, place, _header, body):
        end = place.position + parse.HEADER_BYTES + place.length
        found = parse.trailer(self.reader.data[:end], body)
        require(found.package_length == end, "a trailer with another length of the package")
        require((found.position, found.length, found.hash) == (self.commit.position, self.commit.length, self.commit.hash), "a trailer of another commit")
        require(found.signature == self.signature, "a trailer of another signature")


def _walk_page(reader, at, header, body, chunk_total):
    """Counts the chunks described so far; a manifest may use no others."""
    reference = SimpleNamespace(position=at, length=len(body), hash=digest(body))
    if header.type == FRAME_TYPES["chunk_page"]:
        page = reader.page(reference, "chunk_page", ("chunk_leaf", "chunk_node"), at + 1)
        if page.kind == "chunk_leaf":
            tables.chunk_leaf(page)
            return max(chunk_total, page.first[0] + page.rows)
    if header.type == FRAME_TYPES["manifest"]:
        raw = reader.raw(reference, "manifest", at + 1, PAGE_RAW)
        for row in tables.entries(tables.Page(raw, ("manifest",))):
            for run in row.runs:
                require(run.first + run.count <= chunk_total, "a manifest that refers to chunks of later pages")
    if header.type == FRAME_TYPES["hint_page"]:
        reader.page(reference, "hint_page", ("hint", "hint_node"), at + 1)
    if header.type == FRAME_TYPES["catalog_page"]:
        reader.page(reference, "catalog_page", ("catalog_leaf", "catalog_node"), at + 1)
    return chunk_total


# --- what the commit says ---

def _references(reader, frames):
    for block in reader.blocks.values():
        require(block.position in frames, "a block that is no frame of its own")


def _totals(reader):
    rows, blocks = reader.entries(), reader.blocks.values()
    runs = [run for row in rows for run in row.runs]
    kinds = Counter(row.kind for row in rows)
    found = {"entries": len(rows), "regular": kinds[1], "directories": kinds[2], "content_bytes": sum(row.size for row in rows),
             "hole_bytes": sum(run.size for run in runs if run.count == 0), "chunks": len(reader.chunks), "blocks": len(blocks),
             "unique_bytes": sum(chunk.length for chunk in reader.chunks), "stored_bytes": sum(block.stored_length for block in blocks)}
    for name, value in found.items():
        require(reader.commit.placement.totals[name] == value, f"total of {name}")


def _roots(reader):
    rows = [_canonical(reader, row) for row in reader.entries()]
    require(reader.commit.statement.content_root == content_root(rows), "content root")
    groups = set(content_groups(rows))
    for begin, end, value in reader.leaf_contents:
        require((begin, end, value) in groups and not any(row.link_group for row in rows[begin:end]), "content hash of a leaf")


def _canonical(reader, row):
    return SimpleNamespace(path=row.path, order=tables.path_order(row.path), kind=row.kind, mode=row.mode, uid=row.uid, gid=row.gid,
                           user=row.user_name, group=row.group_name, seconds=row.mtime_seconds, nanoseconds=row.mtime_nanoseconds, size=row.size,
                           digest=reader.content_digest(row) if row.regular else b"", target=row.target, device=row.device, xattrs=row.xattrs,
                           link_group=row.link_group)


def _link_groups(rows):
    first = {}
    for row in rows:
        if row.link_group:
            leader = first.setdefault(row.link_group, row)
            same = {**vars(row), "path": b""} == {**vars(leader), "path": b""}
            require(same, "rows of a link group that differ")


# --- hints ---

def _hints(reader):
    root = reader.commit.placement.hint
    if not root.position:
        return
    leaves = list(_hint_leaves(reader, root, reader.commit.position, None, None))
    orders = [tables.path_order(path) for path, _ in leaves]
    require(all(a < b for a, b in zip(orders, orders[1:])), "hint pages that do not ascend")
    reader.entries()
    require(set(leaves) <= set(reader.leaf_places), "a hint page that belongs to no leaf of the catalog")


def _hint_leaves(reader, reference, before, height, said):
    """(first path, rows) of the leaves below a node."""
    page = reader.page(reference, "hint_page", ("hint_node",), before, height)
    children = tables.children(page)
    require(said in (None, (children[0].first_path, sum(child.entries for child in children))), "a hint node that is not what its parent says")
    for child in children:
        if page.height > 1:
            yield from _hint_leaves(reader, child, reference.position, page.height - 1, (child.first_path, child.entries))
            continue
        leaf = reader.page(child, "hint_page", ("hint",), reference.position, 0)
        require(tables.hint_rows(leaf) == child.entries, "rows of a hint page")
        yield child.first_path, child.entries
