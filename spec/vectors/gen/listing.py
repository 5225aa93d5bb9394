"""Entries as manifest.json and listings have them."""

import base64

from ids import KINDS

KIND_NAMES = {number: name for name, number in KINDS.items()}


def text(name, data):
    """UTF-8 as it is, other bytes in base64 under NAME_base64."""
    try:
        return {name: data.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(data).decode()}


def listing_entry(entry, first):
    out = text("path", entry.path) | {"kind": KIND_NAMES[entry.kind], "mode": entry.mode, "uid": entry.uid, "gid": entry.gid}
    out |= text("user", entry.user) | text("group", entry.group) | {"mtime": [entry.seconds, entry.nanoseconds]}
    if entry.is_regular:
        out |= {"size": entry.size, "digest": entry.digest.hex()}
        out |= {"holes": holes} if (holes := list(_holes(entry))) else {}
    if entry.kind == KINDS["symlink"]:
        out |= text("target", entry.target)
    if KIND_NAMES[entry.kind].endswith("device"):
        out |= {"device": [entry.device >> 32, entry.device & 0xFFFFFFFF]}
    if entry.xattrs:
        out |= {"xattrs": [text("name", name) | {"value_base64": base64.b64encode(value).decode()} for name, value in sorted(entry.xattrs)]}
    if entry.link_group:
        out |= text("link_leader", first[entry.link_group])
    return out


def _holes(entry):
    at = 0
    for run in entry.runs:
        if run.count == 0:
            yield [at, run.size]
        at += run.size
