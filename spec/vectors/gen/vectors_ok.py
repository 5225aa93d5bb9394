"""Packages that every reader must read."""

import payloads
from crc32c import crc32c
from ids import ENCODINGS, FRAME_TYPES, KINDS
from package import Package
from pages import Entry, Run, directory, encode_page, new_column, new_page, symlink
from roots import GROUP_LEAST, GROUP_MASK
from types import SimpleNamespace
from vector import Vector, close, forest, hello, mixed, regular, setting


def _vector(name, what, package, **more):
    return Vector(name, what, package.bytes(), expected=package.commits[-1], more=more)


def plain():
    yield _vector("empty", "No entries: superblock, commit and trailer only.", close(Package("empty"), []))
    yield _vector("one_empty_file", "One regular file of no bytes: no chunks, no chunk tree.", close(Package("one_empty_file"), [Entry(b"nothing")]))
    yield _vector("one_small_file", "One file of five bytes, stored raw: the worked example of the specification.",
                  hello("one_small_file", content=b"abcd\n"))
    yield _vector("one_directory", "One empty directory.", close(Package("one_directory"), [directory(b"only")]))
    yield _vector("one_symlink", "One dangling symbolic link.", close(Package("one_symlink"), [symlink(b"only", b"nowhere")]))
    yield _vector("only_attributes", "One empty file that has nothing but an extended attribute.",
                  close(Package("only_attributes"), [Entry(b"only", xattrs=[(b"user.note", b"\0\xff")])]))
    yield _vector("mixed", "Six entries of several kinds, three chunks in two blocks.", mixed("mixed"))
    yield _vector("all_kinds", "Every kind of entry, hard links, attributes, an access control list, holes, names that are not UTF-8.", _all_kinds())
    yield _vector("extremes", "Largest and smallest values of the numeric columns: times, owners, modes, devices.", _extremes())


def _all_kinds():
    package = Package("all_kinds")
    package.block([b"first chunk\n", b"second chunk\n"])
    package.block([b"third chunk\n"])
    list_of_access = bytes.fromhex("02000000" "01000600ffffffff" "0200060001000000" "04000400ffffffff" "10000600ffffffff" "20000400ffffffff")
    return close(package, [
        directory(b"a directory", user=b"root", group=b"root", uid=0, gid=0, mode=0o1777),
        regular(b"a directory/.hidden", 0), Entry(b"a directory/empty"),
        Entry(b"block", KINDS["block_device"], 0o660, device=8 << 32 | 1, uid=0, gid=6, user=b"root", group=b"disk"),
        Entry(b"character", KINDS["character_device"], 0o666, device=1 << 32 | 3, uid=0, gid=0),
        Entry(b"fifo", KINDS["fifo"], 0o600),
        regular(b"hard link one", 0, 2, link_group=7), regular(b"hard link two", 0, 2, link_group=7),
        Entry(b"holes", runs=[Run(0, 0, 300), Run(1, 2), Run(0, 0, 1)]), Entry(b"hole only", runs=[Run(0, 0, 2000)]),
        regular(b"latin \xe9\xff", 2), regular("unicode \u00e9 \u4e2d".encode(), 2), regular(b"newline\nin name", 2),
        symlink(b"symbolic", b"a directory/.hidden"), symlink(b"symbolic hard", b"../up", link_group=9), symlink(b"symbolic twin", b"../up", link_group=9),
        regular(b"with attributes", 1, xattrs=[(b"system.posix_acl_access", list_of_access), (b"user.empty", b""), (b"user.text", b"value")]),
    ])


def _extremes():
    most = (1 << 64) - 1
    return close(Package("extremes"), [
        Entry(b"early", seconds=-(1 << 63), nanoseconds=999_999_999, mode=0o7777, uid=most, gid=0), Entry(b"late", seconds=(1 << 63) - 1, mode=0, gid=most),
        Entry(b"device", KINDS["block_device"], 0o600, device=most), Entry(b"minus one", seconds=-1, nanoseconds=1)])


def blocks():
    package = Package("dedup")
    package.block([b"A" * 40, b"B" * 50, b"C" * 60])
    package.block([b"D" * 70])
    yield _vector("dedup", "Files that share chunks in several orders, also one chunk twice in one file, and runs across blocks.", close(package, [
        regular(b"abc", 0, 3), Entry(b"aba", runs=[Run(0, 2), Run(0, 1)]), regular(b"bcd", 1, 3), regular(b"copy of abc", 0, 3), regular(b"d", 3),
        Entry(b"dcba", runs=[Run(3), Run(2), Run(1), Run(0)]), Entry(b"aaaa", runs=[Run(0)] * 4)]))
    yield _vector("chunks_by_turns", "Chunks of two blocks by turns: each is expected where the last one of its own block ended.", _by_turns("chunks_by_turns"))
    yield _vector("manifest_places", "A manifest that tells the lengths and blocks of the chunks before it.", mixed("manifest_places", {
        "table:manifest0": lambda table: table.update(chunk_length=[0, 4, 0], chunk_block=[0, 0, 1])}))
    yield _vector("manifest_offsets", "Manifests that tell where chunks lie in blocks with bytes that no chunk covers; the first has no rows.",
                  _with_offsets("manifest_offsets"))
    yield _vector("body_padding", "A block with ten bytes of padding at the end of its body.", _padded())
    yield _vector("zstd_raw", "A block in zstd: raw blocks.", hello("zstd_raw", codec=payloads.zstd_raw, content=b"zstd raw " * 150))
    yield _vector("zstd_rle", "A block in zstd: RLE blocks, with the largest window allowed.",
                  hello("zstd_rle", codec=lambda raw: payloads.zstd_rle(b"z", len(raw)), content=b"z" * 5000))
    yield _vector("lz4_literals", "A block in LZ4: literals only.", hello("lz4_literals", codec=payloads.lz4_literals, content=bytes(range(256)) * 2))
    yield _vector("lz4_match", "A block in LZ4, level 12, with a match.", hello(
        "lz4_match", codec=lambda raw: (payloads.lz4_chain(12), payloads.lz4_periodic(raw, 7)[1]), content=b"repeat " * 100))
    yield _vector("lzma2_stored", "A block in LZMA2: chunks stored uncompressed.", hello("lzma2_stored", codec=payloads.lzma2_stored, content=b"lzma " * 60))
    yield _vector("zstd_log_zero", "A window log of 0: any up to 28.", hello(
        "zstd_log_zero", codec=lambda raw: (payloads.zstd_chain(0), payloads.zstd_raw(raw)[1]), content=b"zstd raw " * 150))
    yield _vector("lzma2_dictionary_zero", "A dictionary size of 0: any up to 256 MiB.", hello(
        "lzma2_dictionary_zero", codec=lambda raw: (payloads.lzma2_chain(0), payloads.lzma2_stored(raw)[1]), content=b"lzma " * 60))
    recorded = bytes.fromhex(LZMA_RECORDED)
    yield _vector("lzma2_compressed", "A block in LZMA2: a stream that liblzma made (level 6, dictionary 64 KiB), recorded.",
                  hello("lzma2_compressed", codec=(payloads.lzma2_chain(), recorded), content=LZMA_PLAIN))
    yield from _bases()


LZMA_PLAIN = b"".join(b"line %d of a text that liblzma packed\n" % number for number in range(20))
LZMA_RECORDED = "e002ed00595d00361a4a1f08a026034d069defed8ca13fc838cf6d852fb16d28b598ec399723e8ec15cec9aa3639e5a4c8da9dd7eb4d4d5d764a2b47c60bdd3486cf3513432045043184d49199fa17f58e869725afa1dff887d98c6737b04b0000"


def _by_turns(name):
    package = Package(name)
    package.block([b"one", b"three", b"five"])
    package.block([b"two", b"four"])
    order = [package.chunks[at] for at in (0, 3, 1, 4, 2)]
    package.chunks[:] = order
    return close(package, [regular(b"all", 0, 5), regular(b"four", 3)])


def _padded():
    package = Package("body_padding")
    package.block([b"padded"], padding=10)
    return close(package, [regular(b"padded", 0)])


BASE = bytes(range(33, 93)) * 4


def _bases():
    yield _vector("base_dictionary_zstd", "A zstd block whose match reaches into a dictionary.", _with_base("base_dictionary_zstd", True, _zstd_on_base))
    yield _vector("base_block_zstd", "A zstd block whose match reaches into an earlier block.", _with_base("base_block_zstd", False, _zstd_on_base))
    yield _vector("base_dictionary_lz4", "An LZ4 block whose match reaches into a dictionary.", _with_base("base_dictionary_lz4", True, _lz4_on_base))
    yield _vector("base_block_lz4", "An LZ4 block whose match reaches into an earlier block.", _with_base("base_block_lz4", False, _lz4_on_base))


def _with_base(name, dictionary, make):
    package = Package(name)
    package.block([BASE], dictionary=dictionary)
    content, codec = make()
    package.block([content], codec, base=0)
    entries = [regular(b"derived", 0 if dictionary else 1)]
    return close(package, entries if dictionary else [regular(b"base", 0)] + entries)


def _zstd_on_base():
    log = payloads.window_log(35 + len(BASE))
    return b"12345" + BASE[10:40], payloads.zstd_match(b"12345", len(BASE) + 5 - 10, 30, log)


def _lz4_on_base():
    tail = b"twelve bytes"
    payload = payloads.lz4_sequence(b"12345", len(BASE) + 5 - 10, 30) + payloads.lz4_sequence(tail)
    return b"12345" + BASE[10:40] + tail, (payloads.lz4_chain(), payload)


def trees():
    yield _vector("trees_of_two_levels", "Two leaves under a node, in the catalog and in the chunk tree.", forest("trees_of_two_levels", leaves=2))
    yield _vector("trees_of_four_levels", "Five leaves under nodes of two children each.", forest("trees_of_four_levels"))
    yield _vector("trees_of_single_children", "Roots of height 8, every node with one child.",
                  mixed("trees_of_single_children", catalog_height=8, chunk_height=8))
    yield _vector("coded_pages", "Catalog page in LZ4, chunk page in zstd, manifest in LZMA2.", _coded_pages())
    yield _vector("many_entries", "400 empty directories: two groups in the content root, two catalog leaves whose hashes the node tells.", many_entries())
    yield _vector("joined_chunk_pages", "Two small chunk leaves, then one that has what both have: the tree holds that one alone.",
                  joined_pages("joined_chunk_pages"))
    yield _vector("deep_path", "A path of 65,535 bytes and 32,768 components.", _one_path("deep_path", b"/".join([b"a"] * 32768), 2))


def _coded_pages():
    package = Package("coded_pages")
    package.block([b"alpha"])
    package.chunk_page(payloads.zstd_raw)
    entries = [regular(b"one", 0), regular(b"two", 0)]
    package.manifest(entries, payloads.lzma2_stored)
    package.commit(entries, catalog_codec=payloads.lz4_literals)
    package.trailer()
    return package


def many_entries(name="many_entries", edits=None, **options):
    names = [b"entry %04d" % number for number in range(400)]
    ends = next(row for row, name in enumerate(names, 1) if row >= GROUP_LEAST and _ends(names, row))
    entries = [directory(name) for name in names]
    package = Package(name, edits)
    package.manifest(entries)
    package.commit(entries, **{"leaf_rows": [ends, len(names) - ends], "content_hashes": True} | options)
    package.trailer()
    return package


def joined_pages(name, edits=None):
    """Small chunk pages of two generations, of which one has been made."""
    package = Package(name, edits)
    package.block([b"first"])
    package.chunk_page()
    first = [regular(b"first", 0)]
    package.manifest(first)
    package.block([b"second", b"third"])
    package.chunk_page()
    second = [regular(b"second", 1), regular(b"third", 2)]
    package.manifest(second)
    package.joined_page()
    package.commit(first + second)
    package.trailer()
    return package


def _ends(names, row):
    """Row 300 gets a name that ends its group; no row from the 256th on before it has one."""
    if row == 300:
        names[row - 1] = next(name for name in (names[row - 1] + b" %d" % number for number in range(100_000)) if crc32c(name) & GROUP_MASK == 0)
    return crc32c(names[row - 1]) & GROUP_MASK == 0


def _one_path(name, path, period):
    package = Package(name)
    entries = [Entry(path)]
    pack = lambda raw: (payloads.lz4_chain(), _path_page(raw, path, period))
    package.manifest(entries, pack)
    package.commit(entries, catalog_codec=pack)
    package.trailer()
    return package


def _path_page(raw, path, period):
    """An LZ4 payload that packs the one long path in a page."""
    at = raw.index(path)
    length = len(path) - period
    return payloads.lz4_sequence(raw[:at + period], period, length) + payloads.lz4_sequence(raw[at + len(path):])


def _with_offsets(name):
    """Of each block five bytes: two that no chunk covers, a chunk of two, one that none covers."""
    places = lambda length: lambda table: table.update(chunk_length=[length], chunk_block=[0], chunk_offset=[4])
    package = Package(name, {"table:manifest0": places(2), "table:manifest1": places(0)})
    entries = []
    for number in range(2):
        package.block([b"--aa-"])
        package.chunks[-1].data, package.chunks[-1].offset = b"aa", 2
        package.chunk_page()
        entries = [regular(b"one", 0), regular(b"two", 1)] if number else []
        package.manifest(entries)
    package.commit(entries)
    package.trailer()
    return package


def extensions():
    yield _vector("unknown_column", "A column of an unknown id, not must-understand, in the catalog leaf and in the chunk leaf.",
                  hello("unknown_column", {"page:catalog_leaf0": _extra_column, "page:chunk_leaf0": _extra_column}))
    yield _vector("column_id_zero_first", "An unknown column of id 0 before the others.", hello("column_id_zero_first", {
        "page:catalog_leaf0": lambda page: page.columns.insert(0, new_column(0, ENCODINGS["bytes"], 3, b"new"))}))
    yield _vector("unknown_frame", "Frames of unknown types, not must-understand, between the others; also a padding frame.", _unknown_frames())
    yield _vector("must_understand_known", "The must-understand bit on frames and columns that every reader knows.", hello("must_understand_known", {
        "frame:block0": setting(flags=1), "frame:catalog_leaf0": setting(flags=1), "page:catalog_leaf0": _all_must_understand}))
    features = [1 << 40 | 1, 1 << 63, 0]
    yield _vector("compatible_features", "Unknown compatible and read-only compatible feature bits.",
                  hello("compatible_features", {"placement:commit": setting(features=features)}), writable=False)
    section = SimpleNamespace(id=900, flags=0, reserved=0, data=b"whatever", length=None)
    yield _vector("unknown_section", "An unknown section of the commit, not must-understand.",
                  hello("unknown_section", {"placement:commit": setting(sections=[section])}))
    yield _vector("chunking_parameters", "A placement that tells how content was cut; readers need none of it.",
                  hello("chunking_parameters", {"placement:commit": setting(method=1, sizes=(16384, 65536, 262144), seed=0x0123456789ABCDEF)}))
    yield _vector("two_generations", "A second generation behind the first trailer: one entry more, with a message.", two_generations("two_generations"))
    prefix = b"#!/bin/sh\n# a self-extractor\n".ljust(512, b"\n")
    inside = hello("inside_a_larger_file")
    yield Vector("inside_a_larger_file", "512 bytes before the superblock; positions count from the superblock.", prefix + inside.bytes(),
                 expected=inside.commits[-1], more={"prefix": 512})


def _extra_column(page):
    page.columns.append(new_column(0x4001, ENCODINGS["bytes"], 3, b"new"))


def _all_must_understand(page):
    for column in page.columns:
        column.flags = 1


def _unknown_frames():
    package = Package("unknown_frame")
    package.frame("unknown0", 200, b"from a later version")
    package.block([b"hello"])
    package.frame("unknown1", 31, b"")
    package.chunk_page()
    entries = [regular(b"hello", 0)]
    package.manifest(entries)
    package.frame("padding0", FRAME_TYPES["padding"], bytes(100))
    package.commit(entries)
    package.frame("unknown2", 255, b"NPKF")
    package.trailer()
    return package


def two_generations(name, edits=None):
    package = Package(name, edits)
    package.block([b"first"])
    package.chunk_page()
    first = [regular(b"first", 0)]
    package.manifest(first)
    package.commit(first, role="commit_before")
    package.trailer("trailer_before")
    package.block([b"second"])
    package.chunk_page()
    second = [regular(b"second", 1)]
    package.manifest(second)
    package.commit(first + second, message="the second generation \u2713".encode())
    package.trailer()
    return package


# --- what is left of packages cut short ---

def recovered():
    package = mixed("recovered_no_trailer")
    yield _cut("recovered_no_trailer", "Cut before the trailer: the commit is whole.", package, "trailer", 0, package.commits[-1])
    package = mixed("recovered_torn_trailer")
    yield _cut("recovered_torn_trailer", "Cut within the trailer.", package, "trailer", 150, package.commits[-1])
    package = mixed("recovered_bad_trailer", {"frame:trailer": setting(crc=0)})
    yield _recovered("recovered_bad_trailer", "A trailer whose header has a wrong checksum.", package.bytes(), "corrupt", package.commits[-1])
    package = mixed("recovered_torn_commit")
    yield _cut("recovered_torn_commit", "Cut within the commit: the entries come from the manifest.", package, "commit", 200, _of_manifests(package))
    package = joined_pages("recovered_joined_pages")
    yield _cut("recovered_joined_pages", "Cut within the commit, behind a chunk leaf that has once more what two before it have.", package, "commit", 200,
               _of_manifests(package))
    package = _path_twice("recovered_path_twice")
    yield _cut("recovered_path_twice", "Cut within the commit; two manifests name one path: the later one counts.", package, "commit", 200,
               _of_manifests(package))
    package = forest("recovered_sequence", {"frame:block3": setting(sequence=99)})
    yield _recovered("recovered_sequence",
                     "Cut within the commit, the fourth block a frame out of order: the entries of the three manifests before it are left.",
                     package.bytes()[:package.positions["commit"] + 200], "corrupt", _of_manifests(package, 9))
    package = forest("recovered_page_damaged", {"table:chunk_leaf3": lambda table: table["block_raw_length"].append(7)})
    yield _recovered("recovered_page_damaged",
                     "Cut within the commit, the fourth chunk page wrong in itself: the entries of the three manifests before it are left.",
                     package.bytes()[:package.positions["commit"] + 200], "corrupt", _of_manifests(package, 9))
    package = forest("recovered_manifests")
    yield _cut("recovered_manifests", "Cut in the fourth block: the entries of three manifests are left.", package, "block3", 70, _of_manifests(package, 9))
    package = forest("recovered_before_manifest")
    yield _cut("recovered_before_manifest", "Cut behind the second chunk page: the entries of one manifest are left.", package, "manifest1", 0,
               _of_manifests(package, 3))
    yield from _recovered_generations()


def _recovered_generations():
    package = two_generations("recovered_first_generation")
    yield _cut("recovered_first_generation", "The second generation is torn in its block: the first stands.", package, "block1", 66, package.commits[0])
    package = two_generations("recovered_lost_block")
    data, block = package.bytes()[:package.positions["trailer"]], package.positions["block1"]
    yield _recovered("recovered_lost_block", "No trailer; the second commit reached the disk, a block before it did not: the first generation stands.",
                     data[:block + 64] + bytes(8) + data[block + 72:], "corrupt", package.commits[0])
    package = two_generations("cut_at_first_trailer")
    yield Vector("cut_at_first_trailer", "The second generation is missing altogether: a whole package of one generation.",
                 package.bytes()[:package.positions["block1"]], expected=package.commits[0])


def _path_twice(name):
    package = Package(name)
    for content in (b"earlier", b"later"):
        package.block([content])
        package.chunk_page()
        entries = [regular(b"path", len(package.chunks) - 1)]
        package.manifest(entries)
    package.commit(entries)
    package.trailer()
    return package


def _of_manifests(package, count=None):
    entries = sorted(package.commits[-1].entries, key=lambda entry: entry.order)
    return SimpleNamespace(entries=entries[:count], content_root=None, storage_root=None, generation=0, message=b"")


def _cut(name, what, package, role, offset, expected):
    return _recovered(name, what, package.bytes()[:package.positions[role] + offset], "truncated", expected)


def _recovered(name, what, data, verify_class, expected):
    return Vector(name, what, data, expected=expected, more={"recovered": True, "verify_class": verify_class})


def vectors():
    for group in (plain, blocks, trees, extensions, recovered):
        yield from group()
