"""A small package writer. It writes right bytes, and wrong ones where it is told to.

`edits` maps "stage:role" to a function that changes one object before it becomes bytes; whatever is computed from these bytes (checksums,
hashes, positions, lengths) then follows the change, so that a vector has one fault and not a dozen. Roles are names such as `block0`,
`chunk_leaf0`, `catalog_leaf1`, `commit`, `trailer`. Stages, in order of use:

    superblock            fields of the superblock
    table:ROLE            a page's columns as a dict of name -> integers or bytes
    page:ROLE             a page's header fields and its list of columns, encoded
    raw:ROLE              bytes -> bytes: a payload before it is encoded
    payload:ROLE          bytes -> bytes: a payload after it is encoded
    inner:ROLE            fields of an inner header
    body:ROLE             bytes -> bytes: a frame's body
    frame:ROLE            fields of a frame header (None: computed)
    reference:ROLE        what other frames will say of this frame: position, length, hash
    statement:commit, placement:commit, trailer:trailer    their fields
"""

from types import SimpleNamespace

import payloads
from blake3 import derive, digest
from crc32c import crc32c
from ids import FRAME_TYPES
from pages import catalog_leaf_table, catalog_node_table, chunk_leaf_table, chunk_node_table, encode_page, new_page
from roots import content_groups, content_root, storage_root
from wire import i64, prefixed, u8, u16, u32, u64

SUPERBLOCK_MAGIC = b"\x89NPK\r\n\x1a\n"
END_MAGIC = b"NPKEND\x1a\n"
NO_ROOT = SimpleNamespace(position=0, length=0, hash=bytes(32))


class Package:
    sort = True  # whether the catalog's rows are put in order

    def __init__(self, name, edits=None):
        self.id = digest(name.encode())[:16]
        self.edits = dict(edits or {})
        self.sequence = 0
        self.last_commit = 0
        self.chunks, self.blocks = [], []      # all of the package
        self.paged_chunks = self.paged_blocks = 0
        self.chunk_leaves = []                 # references with first_number, first_block, first_byte
        self.counters = {}
        self.positions = {}                    # role -> position
        self.references = {}                   # role -> reference
        self.envelopes = []                    # positions of the live ones
        self.generation, self.statement_hash = 0, bytes(32)
        self.commits = []                      # what each commit stands for, for the manifest of the vectors
        self.out = b""
        self.out = self._superblock()

    # --- edits ---

    def _edit(self, stage, thing):
        function = self.edits.pop(stage, None)
        if function is None:
            return thing
        result = function(thing)
        return thing if result is None or not isinstance(thing, bytes) else result

    def role(self, name):
        number = self.counters.get(name, 0)
        self.counters[name] = number + 1
        return f"{name}{number}"

    # --- superblock and frames ---

    def _superblock(self):
        block = SimpleNamespace(magic=SUPERBLOCK_MAGIC, version=1, grammar=1, flags=0, id=self.id, commitment=bytes(32), cipher=0, reserved=bytes(27),
                                crc=None)
        self._start(block)
        self._edit("superblock", block)
        data = block.magic + u16(block.version) + u16(block.grammar) + u32(block.flags) + block.id + block.commitment + u8(block.cipher) + block.reserved
        return data + u32(crc32c(data) if block.crc is None else block.crc)

    def _start(self, superblock):
        """What a kind of package changes in its superblock."""

    def frame(self, role, type_id, body, **fields):
        """Appends a frame; gives the reference to it."""
        body = self._edit(f"body:{role}", body)
        header = SimpleNamespace(magic=b"NPKF", type=type_id, flags=0, header_length=64, tag=self.id[:8], epoch=0, salt=0, sequence=self.sequence,
                                 stored_length=len(body), last_commit=self.last_commit, body_check=None, counter=0, crc=None)
        header.__dict__.update(fields)
        body = self._stored(role, header, body)
        reference = SimpleNamespace(position=len(self.out), length=len(body), hash=digest(body))
        self.positions[role] = reference.position
        self.out += self._header_bytes(header, body) + body
        self.sequence += 1
        self._edit(f"reference:{role}", reference)
        self.references[role] = reference
        return reference

    def _stored(self, role, header, body):
        """The body as it is stored; the header is final behind this."""
        self._edit(f"frame:{role}", header)
        return body

    @staticmethod
    def _header_bytes(header, body):
        check = digest(body)[:8] if header.body_check is None else header.body_check
        data = (header.magic + u8(header.type) + u8(header.flags) + u16(header.header_length) + header.tag + u32(header.epoch) + u32(header.salt)
                + u64(header.sequence) + u64(header.stored_length) + u64(header.last_commit) + check + u32(header.counter))
        return data + u32(crc32c(data) if header.crc is None else header.crc)

    def coded_frame(self, role, frame_type, raw, codec=payloads.store, base_position=0, padding=0, **fields):
        """A frame whose body begins with an inner header. `codec` is a function of the raw bytes, or (chain, payload)."""
        raw = self._edit(f"raw:{role}", raw)
        chain, payload = codec(raw) if callable(codec) else codec
        payload = self._edit(f"payload:{role}", payload)
        inner = SimpleNamespace(raw_length=len(raw), base=base_position, padding=bytes(padding), padding_length=None, chain=list(chain),
                                chain_length=None, reserved=bytes(3), step_reserved=0)
        self._edit(f"inner:{role}", inner)
        return self.frame(role, FRAME_TYPES[frame_type], self._body(inner, payload), **fields)

    @staticmethod
    def _body(inner, payload):
        body = u64(inner.raw_length) + u64(inner.base)
        body += u32(len(inner.padding) if inner.padding_length is None else inner.padding_length)
        body += u8(len(inner.chain) if inner.chain_length is None else inner.chain_length) + inner.reserved
        for codec, level, parameter in inner.chain:
            body += u8(codec) + u8(level & 0xFF) + u16(inner.step_reserved) + u32(parameter)
        return body + payload + inner.padding

    # --- blocks and chunks ---

    def block(self, pieces, codec=payloads.store, base=None, dictionary=False, frame_type=None, padding=0):
        """A block of these chunks (or a dictionary of these bytes). `base` is a block number. Gives the block's number."""
        number = len(self.blocks)
        role = self.role("dictionary" if dictionary else "block")
        raw = b"".join(pieces)
        base_position = 0 if base is None else self.blocks[base].position
        reference = self.coded_frame(role, frame_type or ("dictionary" if dictionary else "block"), raw, codec, base_position, padding)
        offset = 0
        for piece in [] if dictionary else pieces:
            self.chunks.append(SimpleNamespace(data=piece, block=number, offset=offset))
            offset += len(piece)
        self.blocks.append(SimpleNamespace(position=reference.position, length=reference.length, hash=reference.hash, raw_length=len(raw),
                                           base=base, dictionary=dictionary))
        return number

    def chunk_page(self, codec=payloads.store):
        """A leaf with all chunks and blocks that are in no page yet."""
        role = self.role("chunk_leaf")
        first = SimpleNamespace(first_number=self.paged_chunks, first_block=self.paged_blocks,
                                first_byte=sum(len(chunk.data) for chunk in self.chunks[:self.paged_chunks]))
        rows, blocks = self.chunks[self.paged_chunks:], self.blocks[self.paged_blocks:]
        table = chunk_leaf_table(rows, blocks, self.paged_blocks)
        reference = self._page(role, "chunk_page", new_page("chunk_leaf", 0, len(rows), **vars(first)), table, codec)
        reference.__dict__.update(vars(first))
        self.chunk_leaves.append(reference)
        self.paged_chunks, self.paged_blocks = len(self.chunks), len(self.blocks)

    def joined_page(self):
        """One chunk leaf with all that the leaves so far have; they leave the tree."""
        self.chunk_leaves, self.paged_chunks, self.paged_blocks = [], 0, 0
        self.chunk_page()

    def _page(self, role, frame_type, page, table, codec=payloads.store):
        self._edit(f"table:{role}", table)
        return self.coded_frame(role, frame_type, encode_page(page, table, lambda it: self._edit(f"page:{role}", it)), codec)

    # --- entries ---

    def content(self, entry):
        """The bytes of a regular file, put together from its runs."""
        parts = [bytes(run.size) if run.count == 0 else b"".join(chunk.data for chunk in self.chunks[run.first:run.first + run.count])
                 for run in entry.runs]
        return b"".join(parts)

    def complete(self, entries):
        """Fills in the sizes and digests that nobody gave."""
        for entry in entries:
            for run in entry.runs:
                if run.size is None:
                    run.size = sum(len(chunk.data) for chunk in self.chunks[run.first:run.first + run.count])
            if entry.size is None:
                entry.size = sum(run.size for run in entry.runs)
            if entry.is_regular and entry.digest is None:
                entry.digest = digest(self.content(entry))
        return entries

    def manifest(self, entries, codec=payloads.store):
        role = self.role("manifest")
        rows = self.complete(entries)
        self._page(role, "manifest", new_page("manifest", 0, len(rows)), catalog_leaf_table(rows), codec)

    # --- trees ---

    def _catalog(self, entries, leaf_rows, fanout, codec, least_height, content_hashes):
        """`content_hashes`: nodes tell them, of leaves that are one group without hard links."""
        rows = sorted(self.complete(entries), key=lambda entry: entry.order) if self.sort else self.complete(entries)
        groups = {(begin, end): value for begin, end, value in content_groups(rows)} if content_hashes else {}
        level, at = [], 0
        for count in leaf_rows or [len(rows)]:
            part = rows[at:at + count]
            at += count
            reference = self._page(self.role("catalog_leaf"), "catalog_page", new_page("catalog_leaf", 0, len(part)), catalog_leaf_table(part), codec)
            reference.first_path, reference.entries = part[0].path, len(part)
            if content_hashes:
                reference.content_hash = bytes(32) if any(row.link_group for row in part) else groups.get((at - count, at), bytes(32))
            level.append(reference)
        return self._up(level, fanout, least_height, self._catalog_node)

    def _catalog_node(self, height, children):
        page = new_page("catalog_node", height, len(children))
        reference = self._page(self.role("catalog_node"), "catalog_page", page, catalog_node_table(children))
        reference.first_path, reference.entries = children[0].first_path, sum(child.entries for child in children)
        return reference

    def _chunk_node(self, height, children):
        first = {name: getattr(children[0], name) for name in ("first_number", "first_block", "first_byte")}
        page = new_page("chunk_node", height, len(children), **first)
        reference = self._page(self.role("chunk_node"), "chunk_page", page, chunk_node_table(children))
        reference.__dict__.update(first)
        return reference

    @staticmethod
    def _up(level, fanout, least_height, make_node):
        height = 0
        while len(level) > 1 or height < least_height:
            height += 1
            level = [make_node(height, level[at:at + fanout]) for at in range(0, len(level), fanout)]
        return level[0] if level else NO_ROOT

    # --- commit and trailer ---

    def commit(self, entries, leaf_rows=None, fanout=2, catalog_codec=payloads.store, message=b"", root=None, catalog_height=0, chunk_height=0,
               hint=NO_ROOT, role="commit", content_hashes=False):
        """The catalog, the chunk tree's nodes and a commit. `root` stands in for the content root where that would take too long."""
        catalog = self._catalog(entries, leaf_rows, fanout, catalog_codec, catalog_height, content_hashes) if entries else NO_ROOT
        chunk_root = self._up(self.chunk_leaves, fanout, chunk_height, self._chunk_node)
        self.catalog_root, self.chunk_root = catalog, chunk_root
        self.content_root = content_root(entries) if root is None else root
        placement = self._placement(entries, catalog, chunk_root, hint, role)
        self.storage_root = storage_root(catalog.hash, chunk_root.hash, [(it.id, it.data) for it in placement.sections])
        statement = self._statement(message, role)
        self.features = placement.features
        raw = prefixed(self._statement_bytes(statement)) + prefixed(self._placement_bytes(placement))
        previous = self.last_commit
        reference = self.coded_frame(role, "commit", raw, last_commit=previous)
        self.commits.append(SimpleNamespace(entries=entries, content_root=self.content_root, storage_root=self.storage_root,
                                            generation=statement.generation, message=message))
        self.last_commit, self.last_reference = reference.position, reference
        return reference

    def _statement(self, message, role):
        self.generation += 1
        statement = SimpleNamespace(magic=b"NPKSTMT1", lineage=self.id, generation=self.generation, seconds=1_700_000_000, nanoseconds=0,
                                    message_length=len(message), before=self.statement_hash, content_root=self.content_root,
                                    storage_root=self.storage_root, message=message)
        self._edit(f"statement:{role}", statement)
        return statement

    def _statement_bytes(self, it):
        data = it.magic + it.lineage + u64(it.generation) + i64(it.seconds) + u32(it.nanoseconds) + u32(it.message_length)
        data += it.before + it.content_root + it.storage_root + it.message
        self.statement_hash = digest(data)
        return data

    def _placement(self, entries, catalog, chunk_root, hint, role):
        runs = [run for entry in entries for run in entry.runs]
        placement = SimpleNamespace(
            before=self.last_commit, features=[0, 0, 0], catalog=catalog, chunks_root=chunk_root, hint=hint, entries=len(entries),
            regular=sum(entry.is_regular for entry in entries), directories=sum(entry.kind == 2 for entry in entries),
            content_bytes=sum(entry.size for entry in entries), hole_bytes=sum(run.size for run in runs if run.count == 0),
            chunks=len(self.chunks), blocks=len(self.blocks), unique_bytes=sum(len(chunk.data) for chunk in self.chunks),
            stored_bytes=sum(block.length for block in self.blocks), method=0, reserved=bytes(3), sizes=(0, 0, 0), seed=0,
            section_count=None, sections=[], tail=b"")
        self._edit(f"placement:{role}", placement)
        return placement

    @staticmethod
    def _placement_bytes(it):
        data = u64(it.before) + b"".join(map(u64, it.features))
        for root in (it.catalog, it.chunks_root, it.hint):
            data += u64(root.position) + u64(root.length) + root.hash
        totals = (it.entries, it.regular, it.directories, it.content_bytes, it.hole_bytes, it.chunks, it.blocks, it.unique_bytes, it.stored_bytes)
        data += b"".join(map(u64, totals)) + u8(it.method) + it.reserved + b"".join(map(u32, it.sizes)) + u64(it.seed)
        data += u32(len(it.sections) if it.section_count is None else it.section_count)
        for section in it.sections:
            data += u16(section.id) + u8(section.flags) + u8(section.reserved) + u32(len(section.data) if section.length is None else section.length)
            data += section.data
        return data + it.tail

    def trailer(self, role="trailer"):
        commit = getattr(self, "last_reference", NO_ROOT)
        it = SimpleNamespace(package_length=None, commit=commit.position, commit_length=commit.length, commit_hash=commit.hash,
                             generation=self.generation, features=list(getattr(self, "features", [0, 0, 0])), signature=0, envelopes=list(self.envelopes),
                             envelope_count=None, reserved=0, frame_length=None, end_reserved=0, magic=END_MAGIC)
        self._edit(f"trailer:{role}", it)
        frame_length = 64 + 120 + 8 * len(it.envelopes)
        package_length = len(self.out) + frame_length
        body = u64(package_length if it.package_length is None else it.package_length) + u64(it.commit) + u64(it.commit_length) + it.commit_hash
        body += u64(it.generation) + b"".join(map(u64, it.features)) + u64(it.signature)
        body += u32(len(it.envelopes) if it.envelope_count is None else it.envelope_count) + u32(it.reserved) + b"".join(map(u64, it.envelopes))
        body += u32(frame_length if it.frame_length is None else it.frame_length) + u32(it.end_reserved) + it.magic
        return self.frame(role, FRAME_TYPES["trailer"], body)

    def bytes(self):
        """The package; every edit must have been used."""
        assert not self.edits, f"edits that met nothing: {sorted(self.edits)}"
        return self.out
