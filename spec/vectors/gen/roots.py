"""The content root (spec 10)."""

from blake3 import derive, digest
from crc32c import crc32c
from ids import DEVICES, KINDS
from wire import i64, prefixed, u8, u16, u32, u64

GROUP_LEAST, GROUP_MOST, GROUP_MASK = 256, 2048, 255


def canonical(entry, leader):
    out = prefixed(entry.path) + u8(entry.kind) + u16(entry.mode) + u64(entry.uid) + u64(entry.gid) + prefixed(entry.user) + prefixed(entry.group)
    out += i64(entry.seconds) + u32(entry.nanoseconds)
    if entry.kind == KINDS["regular"]:
        out += u64(entry.size) + entry.digest
    elif entry.kind == KINDS["symlink"]:
        out += prefixed(entry.target)
    elif entry.kind in DEVICES:
        out += u64(entry.device)
    out += u32(len(entry.xattrs)) + b"".join(prefixed(name) + prefixed(value) for name, value in sorted(entry.xattrs))
    return out + prefixed(leader)


def ends_group(path, rows):
    return rows >= GROUP_LEAST and crc32c(path) & GROUP_MASK == 0 or rows == GROUP_MOST


def leaders(entries):
    """Link group -> path of its first entry."""
    first = {}
    for entry in entries:
        first.setdefault(entry.link_group, entry.path)
    return first


def content_groups(entries):
    """(number of its first entry, number behind its last, hash) of each group; entries in path order."""
    first, groups, hashes, begin = leaders(entries), [], [], 0
    for number, entry in enumerate(entries, 1):
        leader = first[entry.link_group] if entry.link_group else b""
        hashes.append(digest(canonical(entry, b"" if leader == entry.path else leader)))
        if ends_group(entry.path, len(hashes)) or number == len(entries):
            groups.append((begin, number, derive("npk 1 content leaf", b"".join(hashes))))
            hashes, begin = [], number
    return groups


def content_root(entries):
    entries = sorted(entries, key=lambda entry: entry.order)
    return derive("npk 1 content root", u64(len(entries)) + b"".join(value for _, _, value in content_groups(entries)))


METADATA = 2  # the section's id


def storage_root(catalog_hash, chunk_hash, sections):
    """`sections`: pairs of id and bytes."""
    metadata = [digest(data) for section_id, data in sections if section_id == METADATA]
    return derive("npk 1 storage root", b"".join([catalog_hash, chunk_hash, *metadata[:1]]))
