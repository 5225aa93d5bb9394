"""An independent reader, written from the specification only: opens, lists, reads and verifies a package.

    python3 read.py PACKAGE            listing with digests
    python3 read.py --stage PACKAGE    the first stage that fails (open, list, read, verify) and its failure class, or ok

A sealed package is opened with `-i FILE` (identities as age-keygen writes them) or `--passphrase-file FILE` (its first line).
"""

import argparse
import pathlib
import sys
from types import SimpleNamespace

import limits
import parse
import tables
import volumes
from blake3 import digest
from failure import Failure, require
from ids import FRAME_TYPES
from roots import storage_root
from unpack import decode

END_MAGIC = b"NPKEND\x1a\n"
STAGES = ("open", "list", "read", "verify")
ZERO_HASH = bytes(32)


class Reader:
    def __init__(self, data, keys=None):
        """`keys`: an age.Keys, for sealed packages."""
        self.data, self.recovered, self.commit = data, False, None
        self.keys, self.opener = keys, None
        self.chunks, self.blocks, self.raw_blocks = None, {}, {}
        try:
            trailer = self._trailer()
        except Failure:
            trailer = None
        if trailer is None:
            self._recover()
        else:
            self._open(trailer)

    # --- opening ---

    def _trailer(self):
        data = self.data
        require(len(data) >= 16 and data[-8:] == END_MAGIC, "no end magic")
        length = int.from_bytes(data[-16:-12], "little")
        require(64 < length <= min(len(data), limits.TRAILER_FRAME), "trailer: its own length")
        raw = data[-length:]
        header, body = parse.frame(raw, raw[8:16])
        require(header.type == FRAME_TYPES["trailer"], "no trailer")
        return parse.trailer(data, body)

    def _open(self, trailer):
        self.data = self.data[len(self.data) - trailer.package_length:]
        self.superblock = parse.superblock(self.data)
        self._open_seal(self._envelope(position) for position in trailer.envelopes)
        reference = SimpleNamespace(position=trailer.position, length=trailer.length, hash=trailer.hash)
        self.commit = self.read_commit(reference, len(self.data))
        require(self.commit.placement.features == trailer.features, "trailer: feature bits of another commit")
        require(self.commit.statement.generation == trailer.generation, "trailer: generation of another commit")

    def _open_seal(self, envelopes):
        if not self.superblock.sealed:
            require(not self.keys, "keys for a package that is not sealed", "auth_failed")
            return
        require(self.keys, "the package is sealed", "no_key")
        import unseal  # with what it needs beyond the standard library
        self.opener = unseal.Opener(self.superblock)
        self.opener.find_keys(envelopes, self.keys)

    def _envelope(self, position):
        require(96 <= position < len(self.data), "an envelope outside the package")
        header, body = self.frame_at(position)
        require(header.type == FRAME_TYPES["envelope"], "an envelope that is none")
        return body

    def read_commit(self, reference, before):
        raw = self.raw(reference, "commit", before, limits.PAGE_RAW)
        commit = parse.commit(raw)
        commit.position = reference.position
        storage = storage_root(commit.placement.catalog.hash, commit.placement.chunks_root.hash, commit.placement.sections)
        require(commit.statement.storage_root == storage, "storage root")
        totals = commit.placement.totals
        kinds_fit = totals["regular"] + totals["directories"] <= totals["entries"]
        require(kinds_fit and totals["hole_bytes"] <= totals["content_bytes"], "totals that contradict each other")
        require(bool(commit.placement.catalog.position) == bool(totals["entries"]), "a catalog without entries, or entries without a catalog")
        require(bool(commit.placement.chunks_root.position) == bool(totals["chunks"]), "a chunk tree without chunks, or chunks without a tree")
        require(totals["chunks"] or not (totals["blocks"] or totals["unique_bytes"] or totals["stored_bytes"]), "blocks without chunks")
        for root in (commit.placement.catalog, commit.placement.chunks_root, commit.placement.hint):
            require(root.position or (root.length == 0 and root.hash == ZERO_HASH), "a root of no position")
            require(root.position < commit.position, "a root behind its commit")
        return commit

    # --- frames ---

    def frame_at(self, position):
        """Header and stored body."""
        return parse.frame(self.data[position:], self.superblock.tag, self.superblock.sealed)

    def plain(self, header, body):
        """The body of a frame as section 5 has it."""
        return self.opener.open(header, body) if header.flags & parse.SEALED else body

    def frame(self, reference, names, before):
        """Header and body of the frame that a reference in a frame at `before` leads to."""
        require(96 <= reference.position < before, "a reference that does not lead backwards")
        header, body = self.frame_at(reference.position)
        require(header.type in [FRAME_TYPES[name] for name in names], "a frame of another type")
        require(header.stored_length == reference.length, "a frame of another length")
        require(digest(body) == reference.hash, "a frame of another hash")
        return header, body

    def raw(self, reference, name, before, raw_limit):
        inner = parse.inner_header(self.plain(*self.frame(reference, (name,), before)), raw_limit)
        require(inner.base == 0, "a base of what is no block")
        require(name != "commit" or not inner.chain, "a commit with a chain")
        return decode(inner)

    def page(self, reference, frame_type, kinds, before, height=None):
        page = tables.Page(self.raw(reference, frame_type, before, limits.PAGE_RAW), kinds)
        require(height is None or page.height == height, "height of a child")
        return page

    # --- catalog ---

    def entries(self):
        if self.commit is None:
            return self.manifest_entries
        root, self.leaf_contents, self.leaf_places = self.commit.placement.catalog, [], []
        rows = self._catalog(root, self.commit.position, None, 0) if root.position else []
        orders = [tables.path_order(row.path) for row in rows]
        require(all(a < b for a, b in zip(orders, orders[1:])), "paths do not ascend between leaves")
        return rows

    def _catalog(self, reference, before, height, number):
        page = self.page(reference, "catalog_page", ("catalog_leaf", "catalog_node"), before, height)
        require(page.rows > 0, "a page without rows")
        if page.height == 0:
            rows = tables.entries(page)
            self.leaf_places.append((rows[0].path, len(rows)))
            return rows
        rows = []
        for child in tables.children(page):
            part = self._catalog(child, reference.position, page.height - 1, number + len(rows))
            require(len(part) == child.entries, "a child with another number of entries")
            require(part[0].path == child.first_path, "a child with another first path")
            if any(child.content_hash):
                self.leaf_contents.append((number + len(rows), number + len(rows) + len(part), child.content_hash))
            rows += part
        return rows

    # --- chunks ---

    def load_chunks(self):
        if self.chunks is not None:
            return
        self.chunks, self.blocks = [], {}
        root = self.commit.placement.chunks_root
        if root.position:
            self._chunk_tree(root, self.commit.position, None, (0, 0, 0))

    def _chunk_tree(self, reference, before, height, first):
        page = self.page(reference, "chunk_page", ("chunk_leaf", "chunk_node"), before, height)
        require(page.first == first, "first numbers of a chunk page")
        if page.height == 0:
            self.add_chunk_leaf(page, reference.position)
            return
        for child in tables.children(page):
            require(child.first == self._next_numbers(), "first numbers of a child")
            self._chunk_tree(child, reference.position, page.height - 1, child.first)

    def _next_numbers(self):
        return len(self.chunks), len(self.blocks), sum(chunk.length for chunk in self.chunks)

    def add_chunk_leaf(self, page, position):
        chunks, blocks = tables.chunk_leaf(page)
        for block in blocks:
            block.page_position = position
            self.blocks[block.number] = block
        self.chunks += chunks

    def block(self, number):
        if number not in self.raw_blocks:
            raw = self._decode_block(self.blocks[number])
            if sum(map(len, self.raw_blocks.values())) + len(raw) > limits.BLOCKS_HELD:
                self.raw_blocks.clear()
            self.raw_blocks[number] = raw
        return self.raw_blocks[number]

    def _decode_block(self, block):
        reference = SimpleNamespace(position=block.position, length=block.stored_length, hash=block.hash)
        body = self.plain(*self.frame(reference, ("dictionary",) if block.dictionary else ("block",), block.page_position))
        inner = parse.inner_header(body, limits.BLOCK_RAW)
        require(inner.raw_length == block.raw_length, "raw length of a block")
        base = b""
        require(bool(inner.base) == bool(block.base), "a base in one place and not in the other")
        if block.base:
            base = self._base(block, inner)
        return decode(inner, base)

    def _base(self, block, inner):
        base = self.blocks[block.number - block.base]
        require(base.position == inner.base, "two different bases")
        require(base.position < block.position, "a base behind its block")
        require(base.base == 0, "a base with a base")
        require(base.raw_length <= limits.BASE_RAW, "a base over 512 KiB", "limit")
        return self.block(base.number)

    def chunk(self, number):
        chunk = self.chunks[number]
        data = self.block(chunk.block.number)[chunk.offset:chunk.offset + chunk.length]
        require(digest(data) == chunk.hash, f"hash of chunk {number}")
        return data

    # --- content ---

    def check_runs(self, row):
        """Runs against the chunk table: inside it, and of the bytes they claim."""
        for run in row.runs:
            require(run.first + run.count <= len(self.chunks), "a run past the last chunk")
            require(not run.count or sum(chunk.length for chunk in self.chunks[run.first:run.first + run.count]) == run.size, "bytes of a run")

    def content_digest(self, row):
        if not row.runs:
            return digest(b"")
        return row.digest if row.stores_digest else self.chunks[row.runs[0].first].hash

    def content(self, row):
        require(row.size <= limits.ENTRY_HELD, "an entry larger than this reader holds", "limit")
        self.load_chunks()
        self.check_runs(row)
        parts = [bytes(run.size) if run.count == 0 else b"".join(self.chunk(number) for number in range(run.first, run.first + run.count))
                 for run in row.runs]
        data = b"".join(parts)
        require(digest(data) == self.content_digest(row), "digest of an entry")
        return data

    def read_all(self):
        require(not self.commit or not self.expands_too_far(), "the package would expand too far", "limit")
        self.load_chunks()
        for row in self.entries():
            self.check_runs(row)
        require(not self.commit or not self.has_too_many_pieces(), "the package has too many pieces", "limit")
        for row in self.entries():
            self.content(row)

    def expands_too_far(self):
        totals = self.commit.placement.totals
        return totals["content_bytes"] - totals["hole_bytes"] > max(limits.EXPANSION_FREE, limits.EXPANSION_RATIO * len(self.data))

    def has_too_many_pieces(self):
        """Uses of chunks and holes, less one for every entry that has any, against what the stored bytes allow."""
        counts = (sum(run.count or 1 for run in row.runs) for row in self.entries())
        further = sum(count - 1 for count in counts if count)
        return further > limits.PIECES_FREE + len(self.data) // limits.STORED_PER_PIECE

    # --- recovery (section 12) ---

    def _recover(self):
        self.superblock = parse.superblock(self.data)
        self._open_seal(self._first_envelopes())
        self.recovered = True
        self.commit = self._last_commit()
        if self.commit is None:
            self._recover_from_manifests()
        elif (before := self.commit.placement.before) and not self._whole_between(before, self.commit.position):
            self.commit = self._commit_at(before) or self.commit

    def _whole_between(self, at, end):
        """All frames from one commit to another, in their order."""
        last = None
        while at < end:
            try:
                header, body = self.frame_at(at)
                require(not last or self._follows(at, header, *last), "sequence")
            except Failure:
                return False
            last = at, header
            at += parse.HEADER_BYTES + len(body)
        return at == end

    @staticmethod
    def _follows(at, header, before, last):
        """Whether a frame at `at` is what comes behind the one at `before`."""
        commit = before if last.type == FRAME_TYPES["commit"] else last.last_commit
        return header.sequence == last.sequence + 1 and header.last_commit == commit

    def _last_commit(self):
        """The commit that the last good header is of, or names; None if there is none that fits."""
        at = len(self.data)
        while (at := self.data.rfind(b"NPKF", 96, at + 3)) != -1:
            try:
                header = parse.frame_header(self.data[at:], self.superblock.tag, self.superblock.sealed)
            except Failure:
                continue
            found = self._commit_at(at) if header.type == FRAME_TYPES["commit"] else None
            return found or (self._commit_at(header.last_commit) if 96 <= header.last_commit < at else None)
        return None

    def _commit_at(self, position):
        """None if there is none that fits."""
        try:
            found, body = self.frame_at(position)
            require(found.type == FRAME_TYPES["commit"], "no commit")
            return self.read_commit(SimpleNamespace(position=position, length=len(body), hash=digest(body)), len(self.data))
        except Failure as failure:
            if failure.failure_class in ("unsupported", "limit"):
                raise
            return None

    def _recover_from_manifests(self):
        self.chunks, rows = [], {}
        try:
            for position, header in self._headers():
                for row in self._described(position, header):
                    rows[row.path] = row
        except Failure:
            pass  # where the damage begins
        self.manifest_entries = sorted(rows.values(), key=lambda row: tables.path_order(row.path))
        require(rows, "nothing to recover", "truncated")

    def _described(self, position, header):
        """Takes in a chunk page; gives the entries of a manifest."""
        names = {FRAME_TYPES["chunk_page"]: "chunk_page", FRAME_TYPES["manifest"]: "manifest"}
        if header.type not in names and not header.flags & parse.CARRIES_SALT:
            return []
        _, body = self.frame_at(position)
        if header.flags & parse.CARRIES_SALT:
            self.opener.meet(header, body)
        reference = SimpleNamespace(position=position, length=len(body), hash=digest(body))
        if names.get(header.type) == "chunk_page":
            self._take_chunk_page(self.page(reference, "chunk_page", ("chunk_leaf", "chunk_node"), len(self.data)), position)
        if names.get(header.type) != "manifest":
            return []
        rows = tables.entries(self.page(reference, "manifest", ("manifest",), len(self.data)))
        for run in (run for row in rows for run in row.runs if run.count):
            require(run.first + run.count <= len(self.chunks), "a manifest that refers to chunks of later pages")
        return rows

    def _take_chunk_page(self, page, position):
        if page.kind == "chunk_node":
            return
        chunks, blocks = tables.chunk_leaf(page)
        if page.first[0] < len(self.chunks) and (page.first[0] + len(chunks), page.first[1] + len(blocks)) == self._next_numbers()[:2]:
            return  # made of several small pages: it ends where they end
        require(chunks and page.first == self._next_numbers(), "a chunk page that does not follow on the one before it")
        self.add_chunk_leaf(page, position)

    def _headers(self):
        """Of all frames from the first on, in their order; a Failure where one is not good."""
        at, last = 96, None
        while at < len(self.data):
            header = parse.frame_header(self.data[at:], self.superblock.tag, self.superblock.sealed)
            require(header.stored_length <= len(self.data) - at - parse.HEADER_BYTES, "a frame's body is cut short", "truncated")
            require(not last or self._follows(at, header, *last), "sequence")
            yield at, header
            last = at, header
            at += parse.HEADER_BYTES + header.stored_length

    def _first_envelopes(self):
        at = 96
        while at < len(self.data):
            try:
                header, body = self.frame_at(at)
            except Failure:
                return
            if header.type != FRAME_TYPES["envelope"]:
                return
            yield body
            at += parse.HEADER_BYTES + len(body)

    def leaders(self, rows):
        """Link group -> path of its first entry in path order."""
        first = {}
        for row in rows:
            first.setdefault(row.link_group, row.path)
        return first


def package_bytes(path):
    """Of a file, or of the parts that are called so."""
    return path.read_bytes() if path.exists() else volumes.read_all(path)


def outcome(package, keys=None):
    """(stage, failure class) of the first stage that fails, or None; and the reader if it opened. `package`: bytes, or a path."""
    reader = None
    try:
        stage = "open"
        reader = Reader(package if isinstance(package, bytes) else package_bytes(package), keys)
        stage = "list"
        reader.entries()
        stage = "read"
        reader.read_all()
        stage = "verify"
        from verify import verify
        verify(reader)
    except Failure as failure:
        return (stage, failure.failure_class, str(failure)), reader
    return None, reader


def _print_listing(data, keys):
    reader = Reader(data, keys)
    reader.load_chunks()
    for row in reader.entries():
        text = row.path.decode(errors="backslashreplace")
        print(f"{row.kind} {row.mode:04o} {row.size:>8} {reader.content_digest(row).hex() if row.regular else '':64} {text}")


def make_keys(identity_text=None, passphrase=None):
    """From the text of an identity file, and a passphrase in bytes; None without both."""
    if identity_text is None and passphrase is None:
        return None
    import age
    return age.Keys(age.parse_identities(identity_text or ""), passphrase)


def _keys_of(options):
    identities = pathlib.Path(options.identity).read_text() if options.identity else None
    passphrase = pathlib.Path(options.passphrase_file).read_bytes().split(b"\n")[0] if options.passphrase_file else None
    return make_keys(identities, passphrase)


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--stage", action="store_true")
    parser.add_argument("-i", dest="identity", metavar="FILE")
    parser.add_argument("--passphrase-file", metavar="FILE")
    parser.add_argument("package")
    options = parser.parse_args(arguments)
    path, keys = pathlib.Path(options.package), _keys_of(options)
    if not options.stage:
        _print_listing(package_bytes(path), keys)
        return 0
    found, _ = outcome(path, keys)
    print(*(found or ("ok",)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
