"""Packages with parity frames (spec 11.3): read as any other, and checked by verify."""

from parity import protect
from sealed_package import SealedPackage
from vector import Vector, hello, mixed, mixed_in
from vectors_sealed import identity


def _ok(what, package, more=None):
    return Vector(package.name_of_vector, what, package.bytes(), expected=package.commits[-1], more=more or {})


def _named(name, package):
    package.name_of_vector = name
    return package


def accepted():
    yield _ok("One group of stripes.", _named("parity", protect(mixed("parity"))))
    yield _ok("Groups of two stripes, the last of one; four parity shards.", _named("parity_groups", protect(mixed("parity_groups"), shard=97, m=4, stripes=5)))
    yield _ok("One data shard a stripe.", _named("parity_one_data_shard", protect(hello("parity_one_data_shard"), shard=1000, n=1, m=3, group_stripes=1)))
    yield _ok("Two sets: the second protects what follows the first.", _named("parity_twice", _twice()))
    yield _ok("Sealed: parity frames are clear.", _named("parity_sealed", protect(mixed_in(SealedPackage("parity_sealed")))), identity())


def _twice():
    package = protect(hello("parity_twice"))
    begin = len(package.out)
    package.frame("padding", 11, bytes(100))
    package.trailer("trailer_padded")
    return protect(package, shard=64, stripes=1, group_stripes=1, begin=begin)


def _set(**fields):
    def edit(row, group, it):
        if (row, group) == (0, 0):
            vars(it).update(fields)
    return edit


def _altered(name):
    def edit(row, group, it):
        if (row, group) == (0, 0):
            value = bytearray(getattr(it, name))
            value[-1] ^= 1
            setattr(it, name, bytes(value))
    return edit


FAULTS = [
    ("magic", "Another magic.", _set(magic=b"NPKPRTY2")),
    ("superblock", "Another superblock.", _altered("superblock")),
    ("begin_in_superblock", "The range begins within the superblock.", _set(begin=95)),
    ("begin_behind_end", "The range begins behind its end.", _set(begin=100_000)),
    ("end", "The range ends a byte earlier than the set begins.", lambda row, group, it: (row, group) == (0, 0) and vars(it).update(end=it.end - 1)),
    ("protected_end", "The trailer behind the set would be too short.", lambda row, group, it: (row, group) == (0, 0)
     and vars(it).update(protected_end=it.protected_end - 1)),
    ("sequence", "Another first sequence.", _set(sequence=1)),
    ("last_commit", "Another last commit.", _set(last_commit=96)),
    ("last_commit_behind", "A last commit behind the range.", _set(last_commit=1 << 20)),
    ("shard_zero", "Shards of no bytes.", _set(shard=0)),
    ("shard_short", "Shards of 63 bytes.", _set(shard=63)),
    ("no_data_shards", "No data shards.", _set(n=0)),
    ("no_parity_shards", "No parity shards.", _set(m=0)),
    ("too_many_shards", "256 shards a stripe.", _set(n=254)),
    ("stripes", "More stripes than the range fills.", _set(stripes=100)),
    ("no_stripes", "No stripes.", _set(stripes=0)),
    ("no_group_stripes", "Groups of no stripes.", _set(group_stripes=0)),
    ("group_larger", "Groups of more stripes than there are.", _set(group_stripes=50)),
    ("group", "A group that there is not.", _set(group=50)),
    ("row", "A row that there is not.", _set(row=50)),
    ("another_row", "Another row's number: the frame does not lie where it should.", _set(row=1)),
    ("reserved", "A reserved byte.", _set(reserved=1)),
    ("check", "Another hash of the frame's own shard.", None),
    ("shard", "A shard that its check does not fit.", _altered("shards")),
    ("hash", "Another hash of the head.", _set(hash=bytes(32))),
]


def refused():
    for name, what, edit in FAULTS:
        name = f"parity_{name}_wrong"
        package = protect(hello(name), edit=edit or _own_check)
        yield Vector(name, what, package.bytes(), "corrupt", "verify")
    far = protect(hello("parity_far"), edit=_set(protected_end=(1 << 48) + 1))
    yield Vector("parity_far", "Protected beyond 2^48.", far.bytes(), "limit", "verify")
    short = protect(hello("parity_short", {"body:parity0_0": lambda body: body[:300]}))
    yield Vector("parity_short", "A body that ends within its checks.", short.bytes(), "truncated", "verify")


def _own_check(row, group, it):
    """Of the first stripe's parity shard 0."""
    if (row, group) == (0, 0):
        at = 20 * it.n
        it.checks = it.checks[:at] + bytes(16) + it.checks[at + 16:]


def vectors():
    yield from accepted()
    yield from refused()
