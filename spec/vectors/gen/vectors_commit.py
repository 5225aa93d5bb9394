"""Faults in commits and trailers, totals and roots, and bytes behind the end (spec 7, 10, 11, 13)."""

from types import SimpleNamespace

from vector import Vector, adding, forest, hello, mixed, setting
from vectors_ok import two_generations


def _fault(name, what, edits, failure_class="corrupt", stage="open", make=mixed, **more):
    return Vector(name, what, make(name, edits).bytes(), failure_class, stage, more=more)


# --- commit ---

def statement():
    cases = [
        ("magic", "A wrong magic.", dict(magic=b"NPKSTMT2"), ""),
        ("generation_0", "Generation 0.", dict(generation=0), ""),
        ("message_longer", "A message length past the statement's end.", dict(message_length=1), "truncated"),
        ("message_huge", "A message length of 2^32 - 1.", dict(message_length=(1 << 32) - 1), "truncated"),
        ("message_shorter", "Bytes behind the message.", dict(message=b"text", message_length=3), "trailing_data"),
        ("nanoseconds", "1,000,000,000 nanoseconds.", dict(nanoseconds=1_000_000_000), ""),
    ]
    for name, what, fields, also in cases:
        yield _fault(f"statement_{name}", what, {"statement:commit": setting(**fields)}, **({"also": also} if also else {}))
    yield _fault("statement_before", "A statement before the first.", {"statement:commit": setting(before=b"\x01" * 32)}, stage="verify")
    yield _fault("statement_before_wrong", "A second statement that names another first one.", {"statement:commit": setting(before=b"\x01" * 32)},
                 stage="verify", make=two_generations)
    yield _fault("statement_content_root", "A content root that is not the entries'.", {"statement:commit": setting(content_root=bytes(32))}, stage="verify")
    yield _fault("statement_storage_root_before", "A storage root of the first generation that is not the roots'.",
                 {"statement:commit_before": setting(storage_root=bytes(32))}, stage="verify", make=two_generations)
    yield _fault("statement_storage_root", "A storage root that is not the roots'.", {"statement:commit": setting(storage_root=bytes(32))}, stage="verify")


def _section(**fields):
    section = SimpleNamespace(id=900, flags=0, reserved=0, data=b"data", length=None)
    section.__dict__.update(fields)
    return setting(sections=[section])


def placement():
    cases = [
        ("incompatible", "An unknown incompatible feature bit.", setting(features=[0, 0, 1 << 17]), "unsupported", ""),
        ("incompatible_high", "The highest incompatible feature bit.", setting(features=[0, 0, 1 << 63]), "unsupported", ""),
        ("reserved", "A reserved byte that is not zero.", setting(reserved=b"\0\x01\0"), "corrupt", ""),
        ("section_must_understand", "An unknown section that must be understood.", _section(flags=1), "unsupported", ""),
        ("section_flags", "Reserved flags of a section.", _section(flags=2), "corrupt", ""),
        ("section_reserved", "A reserved byte of a section.", _section(reserved=1), "corrupt", ""),
        ("section_length", "A section longer than the placement.", _section(length=5), "corrupt", "truncated"),
        ("section_count", "2^32 - 1 sections.", setting(section_count=(1 << 32) - 1), "corrupt", "truncated limit"),
        ("trailing", "A byte behind the placement's sections.", setting(tail=b"\0"), "trailing_data", "corrupt"),
    ]
    for name, what, edit, failure_class, also in cases:
        yield _fault(f"placement_{name}", what, {"placement:commit": edit}, failure_class, **({"also": also} if also else {}))
    yield _fault("commit_cut", "A commit shorter than its lengths say.", {"raw:commit": lambda raw: raw[:-8]}, "truncated", also="corrupt")
    yield _fault("commit_trailing", "A byte behind the placement.", {"raw:commit": lambda raw: raw + b"\0"}, "trailing_data", also="corrupt")
    yield _fault("commit_empty", "A commit of no bytes.", {"raw:commit": lambda raw: b""}, "truncated", also="corrupt")
    yield _fault("commit_with_chain", "A commit that is not stored raw.", {"inner:commit": setting(chain=[(2, 0, 0)])})
    yield _fault("placement_before", "A commit before the first.", {"placement:commit": setting(before=96)}, stage="verify")
    yield from _roots()


def _roots():
    def root(**fields):
        return lambda it: it.catalog.__dict__.update(fields)

    top = (1 << 64) - 1
    yield _fault("root_behind", "A catalog root behind the commit.", {"placement:commit": _root_behind}, also="truncated", stage="list")
    yield _fault("root_huge", "A catalog root at the highest position.", {"placement:commit": root(position=top)}, stage="list", also="truncated")
    yield _fault("root_length", "A catalog root of another length.", {"placement:commit": root(length=1)}, stage="list")
    yield _fault("root_is_chunks", "The chunk root as catalog root.", {"placement:commit": lambda it: setattr(it, "catalog", it.chunks_root)}, stage="list")
    yield _fault("root_chunks_is_catalog", "The catalog root as chunk root.", {"placement:commit": lambda it: setattr(it, "chunks_root", it.catalog)},
                 stage="read")
    yield _fault("root_missing", "No catalog root, and totals that count entries.", {"placement:commit": _no_catalog}, stage="verify")
    yield _fault("root_chunks_missing", "No chunk root, and files with chunks.", {"placement:commit": _no_chunks}, stage="read")


def _root_behind(it):
    it.catalog = SimpleNamespace(**{**vars(it.catalog), "position": 1 << 20})


def _no_catalog(it):
    it.catalog = SimpleNamespace(position=0, length=0, hash=bytes(32))


def _no_chunks(it):
    it.chunks_root = SimpleNamespace(position=0, length=0, hash=bytes(32))


def totals():
    for name in ("entries", "regular", "directories", "content_bytes", "hole_bytes", "chunks", "blocks", "unique_bytes", "stored_bytes"):
        yield _fault(f"total_{name}", f"A total ({name}) one too high.", {"placement:commit": adding(**{name: 1})}, stage="verify")
    yield _fault("total_entries_huge", "A total of 2^64 - 1 entries.", {"placement:commit": setting(entries=(1 << 64) - 1)}, stage="verify", also="limit")
    yield _fault("total_chunks_zero", "A total of no chunks where there are some.", {"placement:commit": setting(chunks=0)}, stage="verify")


# --- trailer ---

def trailer():
    other = hello("other").references["block0"]
    cases = [
        ("commit_position", "A commit eight bytes behind its frame's start.", adding(commit=8)),
        ("commit_position_zero", "A commit at position 0.", setting(commit=0)),
        ("commit_ahead", "A commit behind the end of the package.", setting(commit=1 << 40)),
        ("commit_is_block", "A block named as the commit.", setting(commit=96, commit_length=other.length, commit_hash=other.hash)),
        ("commit_length", "A stored length that is not the commit's.", adding(commit_length=-1)),
        ("commit_hash", "A hash that is not the commit's.", setting(commit_hash=bytes(32))),
        ("generation", "A generation that is not the commit's.", adding(generation=1)),
        ("features", "Feature bits that are not the commit's.", setting(features=[1, 0, 0])),
    ]
    for name, what, edit in cases:
        also = {"also": "truncated"} if name == "commit_ahead" else {}
        yield _fault(f"trailer_{name}", what, {"trailer:trailer": edit}, make=hello, **also)
    yield from _bad_trailers()


def _bad_trailers():
    """No valid trailer: a reader may go on with the last commit it finds (spec 12), but `verify` fails."""
    cases = [
        ("package_length", "A length of the package that is one too small.", adding_length(-1)),
        ("package_length_huge", "A length of the package of 2^64 - 1.", setting(package_length=(1 << 64) - 1)),
        ("package_length_zero", "A length of the package of 0.", setting(package_length=0)),
        ("envelopes", "More envelopes than the body has room for.", setting(envelope_count=1000)),
        ("reserved", "Reserved bytes that are not zero.", setting(reserved=1)),
        ("end_reserved", "Reserved bytes at the end that are not zero.", setting(end_reserved=1)),
        ("frame_length", "A length of its own frame that is one too small.", setting(frame_length=183)),
        ("frame_length_huge", "A length of its own frame of 2^32 - 1.", setting(frame_length=(1 << 32) - 1)),
    ]
    for name, what, edit in cases:
        yield _fault(f"trailer_{name}", what, {"trailer:trailer": edit}, stage="verify", make=hello, also="truncated limit trailing_data")
    yield _fault("trailer_signature", "A signature that is none.", {"trailer:trailer": setting(signature=96)}, stage="verify", make=hello)
    yield _fault("trailer_before_length", "A length of the package in the first generation's trailer that is one too large.",
                 {"trailer:trailer_before": _one_more}, stage="verify", make=two_generations)
    yield _fault("trailer_body_check", "A wrong body check of the trailer frame.", {"frame:trailer": setting(body_check=bytes(8))}, stage="verify", make=hello)
    yield _fault("trailer_frame_type", "A trailer in a padding frame.", {"frame:trailer": setting(type=11)}, stage="verify", make=hello, also="truncated")


def _one_more(it):
    package = two_generations("trailer_before_length")
    it.package_length = package.positions["block1"] + 1


def adding_length(step):
    def edit(it):
        it.package_length = len(hello("trailer_package_length").bytes()) + step
    return edit


# --- bytes behind the end ---

def trailing():
    for name, tail in (("zero_byte", b"\0"), ("zeros", bytes(4096)), ("text", b"more\n"), ("magic", b"NPKEND\x1a\n")):
        yield Vector(f"trailing_{name}", f"{len(tail)} bytes behind the trailer.", hello(f"trailing_{name}").bytes() + tail, "trailing_data", "verify",
                     more={"also": "corrupt truncated"} if name == "magic" else {})
    yield _fault("page_trailing", "A byte behind the last column of a catalog page.", {"page:catalog_leaf0": setting(tail=b"\0")}, "trailing_data", "list",
                 also="corrupt")
    yield _fault("chunk_page_trailing", "A byte behind the last column of a chunk page.", {"page:chunk_leaf0": setting(tail=b"\0")}, "trailing_data", "read",
                 also="corrupt")
    yield Vector("two_packages", "A whole package behind a whole package: the second is read, the first is before its superblock.",
                 hello("before").bytes() + forest("two_packages", leaves=1).bytes(), expected=forest("two_packages", leaves=1).commits[-1])


def vectors():
    for group in (statement, placement, totals, trailer, trailing):
        yield from group()
