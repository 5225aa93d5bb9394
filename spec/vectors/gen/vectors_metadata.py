"""Metadata of the package, tags and comments of entries (spec 6.2.1, 7.1, 10)."""

from types import SimpleNamespace

import metadata
from package import Package
from pages import Entry, directory
from vector import Vector, close, hello, regular, setting
from wire import u16, u32

PAIRS = [(b"application", b"org.example.viewer"), (b"comment", "Two lines\nof text, \u00e9\u4e2d\u2028.".encode()), (b"name", b"example"),
         (b"tag.", b"a tag without a key"),
         (b"tag.empty", b""), (b"tag.stage", b"done"), (b"vendor", b"org.example"), (b"version", b"1.2.3"), ("\u00e9".encode(), b"not ASCII")]


def _bytes(pairs, count=None):
    data = u16(len(pairs) if count is None else count)
    return data + b"".join(u16(len(name)) + name + u32(len(value)) + value for name, value in pairs)


def _sections(*parts, flags=0):
    return {"placement:commit": setting(sections=[SimpleNamespace(id=metadata.SECTION, flags=flags, reserved=0, data=data, length=None) for data in parts])}


def _hello(name, *parts, flags=0):
    return hello(name, _sections(*parts, flags=flags))


def _ok(name, what, package):
    return Vector(name, what, package.bytes(), expected=package.commits[-1])


def accepted():
    yield _ok("metadata", "Name, version, application, vendor, comment and tags of the package, and a name of its own.", _hello("metadata", _bytes(PAIRS)))
    yield _ok("metadata_one_pair", "The least metadata: a name of one byte, no value.", _hello("metadata_one_pair", _bytes([(b"n", b"")])))
    yield _ok("metadata_must_understand", "Metadata that must be understood.", _hello("metadata_must_understand", _bytes(PAIRS[:1]), flags=1))
    yield _ok("metadata_longest", "A name of 255 bytes.", _hello("metadata_longest", _bytes([(b"n" * 255, b"value")])))
    package = Package("tags")
    package.block([b"hello"])
    tagged = [directory(b"dir", xattrs=[(b"npk.comment", b"of a directory"), (b"npk.tag.stage", b"done"), (b"user.own", b"1")]),
              regular(b"dir/hello", 0, xattrs=[(b"npk.other", b"not known yet"), (b"npk.tag.stage", b""), ("npk.tag.\u00e9".encode(), b"x")])]
    yield _ok("tags", "Tags and comments of entries, beside an extended attribute.", close(package, tagged))


def refused():
    cases = [
        ("none", "Metadata without a pair.", _bytes([]), "corrupt"),
        ("empty", "A metadata section of no bytes.", b"", "corrupt"),
        ("more_pairs", "Fewer pairs than their number.", _bytes(PAIRS, len(PAIRS) + 1), "corrupt"),
        ("fewer_pairs", "More pairs than their number.", _bytes(PAIRS, len(PAIRS) - 1), "corrupt"),
        ("too_many", "4,097 pairs, as their number says.", _bytes(PAIRS, 4097), "limit"),
        ("name_empty", "An empty name.", _bytes([(b"", b"value")]), "corrupt"),
        ("name_long", "A name of 256 bytes.", _bytes([(b"n" * 256, b"value")]), "corrupt"),
        ("name_not_utf8", "A name that is not UTF-8.", _bytes([(b"n\xff", b"value")]), "corrupt"),
        ("name_control", "A control character in a name.", _bytes([(b"n\n", b"value")]), "corrupt"),
        ("name_control_c1", "U+0085 in a name.", _bytes([("n\u0085".encode(), b"value")]), "corrupt"),
        ("name_delete", "U+007F in a name.", _bytes([(b"n\x7f", b"value")]), "corrupt"),
        ("names_order", "Names not in order.", _bytes([(b"version", b"1"), (b"name", b"x")]), "corrupt"),
        ("names_twice", "A name twice.", _bytes([(b"name", b"x"), (b"name", b"y")]), "corrupt"),
        ("name_past_end", "A name past the end.", u16(1) + u16(9) + b"name", "corrupt"),
        ("value_past_end", "A value past the end.", u16(1) + u16(1) + b"n" + u32(2) + b"v", "corrupt"),
        ("value_long", "A value of 65,537 bytes, as its length says.", u16(1) + u16(4) + b"name" + u32(65537), "limit"),
        ("value_not_utf8", "A value that is not UTF-8: a surrogate.", _bytes([(b"name", b"\xed\xa0\x80")]), "corrupt"),
        ("value_overlong", "A value with an overlong form.", _bytes([(b"name", b"\xc0\x80")]), "corrupt"),
        ("trailing", "A byte behind the pairs.", _bytes(PAIRS) + b"\0", "corrupt"),
    ]
    for name, what, data, failure_class in cases:
        yield Vector(f"metadata_{name}", what, _hello(f"metadata_{name}", data).bytes(), failure_class, "open")
    yield Vector("metadata_twice", "Two sections of metadata.", _hello("metadata_twice", _bytes(PAIRS), _bytes(PAIRS)).bytes(), "corrupt", "open")
    unsigned = _sections(_bytes(PAIRS)) | {"statement:commit": lambda it: setattr(it, "storage_root", _without_metadata())}
    yield Vector("metadata_not_in_root", "A storage root without the metadata.", hello("metadata_not_in_root", unsigned).bytes(), "corrupt", "verify")


def _without_metadata():
    return hello("metadata_not_in_root").storage_root


def vectors():
    yield from accepted()
    yield from refused()
