"""Packages that want more of a reader than it should give (spec 16)."""

import payloads
from columns import dictionary, number
from ids import ENCODINGS
from package import Package
from pages import Entry, Run
from vector import Vector, close, column_setting, mixed, regular, setting


def _fault(name, what, stage, edits, also="", **options):
    return Vector(name, what, mixed(name, edits, **options).bytes(), "limit", stage, more={"also": also} if also else {})


def rows():
    top = (1 << 32) - 1
    yield _fault("limit_catalog_height", "A catalog tree of height 9.", "list", {}, catalog_height=9)
    yield _fault("limit_chunk_height", "A chunk tree of height 9.", "read", {}, chunk_height=9)
    yield _fault("limit_catalog_rows", "A catalog leaf that claims 8,193 rows.", "list", {"page:catalog_leaf0": setting(rows=8193)})
    yield _fault("limit_catalog_rows_huge", "A catalog leaf that claims 2^32 - 1 rows, in constant columns.", "list", {"page:catalog_leaf0": _rows(top)})
    yield _fault("limit_manifest_rows", "A manifest that claims 2^32 - 1 rows.", "verify", {"page:manifest0": _rows(top)})
    yield _fault("limit_manifest_rows_one", "A manifest that claims 131,073 rows, one more than the limit.", "verify", {"page:manifest0": _rows(131_073)})
    yield _fault("limit_names", "A catalog leaf that claims 2^32 - 1 names of owners and groups, all empty.", "list", {"page:catalog_leaf0": column_setting(
        "name_length", encoding=ENCODINGS["constant"], data=number(0), count=top)})
    yield _fault("limit_attributes_of_page", "A catalog leaf that claims 50 million attributes, in a constant column.", "list",
                 {"page:catalog_leaf0": column_setting(
        "xattr_count", encoding=ENCODINGS["constant"], data=number(1 << 23))})
    yield _fault("limit_chunk_rows", "A chunk leaf that claims 131,073 chunks.", "read", {"page:chunk_leaf0": setting(rows=131_073)})
    yield _fault("limit_chunk_rows_huge", "A chunk leaf that claims 2^32 - 1 chunks, in constant columns.", "read", {"page:chunk_leaf0": _rows(top)})
    yield _fault("limit_blocks_huge", "A chunk leaf that claims 2^32 - 1 blocks.", "read", {"page:chunk_leaf0": column_setting(
        "block_position", encoding=ENCODINGS["constant"], data=number(96), count=top)}, also="corrupt")


def _rows(count):
    def edit(page):
        was, page.rows = page.rows, count
        for column in page.columns:
            if column.encoding == ENCODINGS["constant"] and column.count == was:
                column.count = count
    return edit


def runs():
    yield Vector("limit_runs_of_entry", "A file of 16,777,217 runs, in constant columns.", _repeated("limit_runs_of_entry", 1, (1 << 24) + 1), "limit", "list")
    yield Vector("limit_runs_of_page", "Two files of 525,000 runs each, together more than a page of so few bytes may have.",
                 _repeated("limit_runs_of_page", 2, 525_000), "limit", "list")
    extract = {"extract": {"inside": [], "absent": ["file0"], "outside_untouched": True}}
    yield Vector("limit_expansion", "One block of 1 MiB of zeros, used 20,000 times by one file: 20 GB out of five kilobytes.",
                 _repeated("limit_expansion", 1, 20_000), "limit", "extract", more=extract)
    yield Vector("limit_billion_runs", "64 files that each use one block of 1 MiB 16,777,216 times: a billion runs, a petabyte.",
                 _repeated("limit_billion_runs", 64, 1 << 24), "limit", "extract", more=extract)


def _repeated(name, files, times):
    """Files that use 64 chunks of 16 KiB of zeros again and again. Their digests are wrong, as no reader should come that far."""
    package = Package(name, {"page:catalog_leaf0": _repeated_runs(files, times)})
    package.block([bytes(1 << 14)] * 64, lambda raw: payloads.zstd_rle(b"\0", len(raw)))
    package.chunk_page()
    entries = [Entry(b"file%d" % number, runs=[Run(0, 64), Run(0, 64)], size=times << 20, digest=bytes(32)) for number in range(files)]
    package.commit(entries, root=bytes(32))
    package.trailer()
    return package.bytes()


def _repeated_runs(files, times):
    def edit(page):
        constant = {"run_count": (times, files), "run_chunk_count": (64, files * times), "run_bytes": (1 << 20, files * (times - 1))}
        for name, (value, count) in constant.items():
            column_setting(name, encoding=ENCODINGS["constant"], data=number(value), count=count)(page)
        # 0, then zigzag(-64) = 127 ever after: a dictionary of one value and a patch, no bits for the indices
        column_setting("run_first_chunk", encoding=ENCODINGS["dictionary"], data=dictionary([0, 127], [127]), count=files * times)(page)
    return edit


def sizes():
    yield Vector("limit_attributes", "Attributes of 1 MiB and a byte.", _attributes(), "limit", "list")
    yield _fault("limit_page_raw", "A catalog page of 64 MiB and a byte, in two kilobytes of zstd.", "list",
                 {"inner:catalog_leaf0": setting(raw_length=(64 << 20) + 1)},
                 catalog_codec=lambda raw: payloads.zstd_rle(b"\0", (64 << 20) + 1))
    yield Vector("limit_block_raw", "A block of 256 MiB and a byte, in eight kilobytes of zstd.", _block(), "limit", "read")
    yield _fault("limit_chunk_block_raw", "A chunk page that claims a block of 2^40 bytes.", "read", {
        "table:chunk_leaf0": lambda table: table["block_raw_length"].__setitem__(0, 1 << 40)}, also="corrupt")
    yield _fault("limit_commit_raw", "A commit whose raw length is 2^40.", "open", {"inner:commit": setting(raw_length=1 << 40)}, also="corrupt")


def _attributes():
    package = Package("limit_attributes")
    value = bytes(1 << 20)
    pack = lambda raw: (payloads.lz4_chain(), payloads.lz4_sequence(raw[:-len(value) + 1], 1, len(value) - 13) + payloads.lz4_sequence(raw[-12:]))
    package.commit([Entry(b"a", xattrs=[(b"u", value)])], catalog_codec=pack, root=bytes(32))
    package.trailer()
    return package.bytes()


def _block():
    length = (256 << 20) + 1
    package = Package("limit_block_raw", {"inner:block0": setting(raw_length=length)})
    package.block([bytes(5)], lambda raw: payloads.zstd_rle(b"\0", length))
    package.blocks[0].raw_length = length
    return close(package, [regular(b"hello", 0)]).bytes()


def vectors():
    for group in (rows, runs, sizes):
        yield from group()
