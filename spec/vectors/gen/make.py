"""Writes every vector, manifest.json and manifest.tsv.

    python3 make.py [DIRECTORY]     the default is the directory above this file
"""

import json
import pathlib
import sys

import vectors_commit
import vectors_catalog
import vectors_chunks
import vectors_columns
import vectors_filters
import vectors_frames
import vectors_hints
import vectors_hostile
import vectors_limits
import vectors_machine_code
import vectors_metadata
import vectors_ok
import vectors_parity
import vectors_sealed
import vectors_sealed_wrong
import vectors_tables
import vectors_volumes
import vectors_words
import volumes
from blake3 import digest
from failure import CLASSES
from listing import listing_entry
from roots import leaders

GROUPS = (vectors_ok, vectors_frames, vectors_columns, vectors_catalog, vectors_chunks, vectors_commit, vectors_metadata, vectors_limits, vectors_hostile,
          vectors_words, vectors_filters, vectors_machine_code, vectors_tables, vectors_sealed, vectors_sealed_wrong, vectors_volumes, vectors_parity,
          vectors_hints)
STAGES = ("open", "list", "read", "verify", "extract")


def _files(vector):
    """File name -> bytes."""
    name = f"{vector.name}.npk"
    if not isinstance(vector.data, dict):
        return {name: vector.data}
    return {str(volumes.path(name, number)): data for number, data in sorted(vector.data.items())}


def record(vector):
    data = b"".join(_files(vector).values())
    out = {"name": vector.name, "file": f"{vector.name}.npk", "what": vector.what, "class": vector.failure_class, "stage": vector.stage,
           "size": len(data), "blake3": digest(data).hex()}
    if isinstance(vector.data, dict):
        out["parts"] = list(_files(vector))
    if vector.expected:
        entries = sorted(vector.expected.entries, key=lambda entry: entry.order)
        first = leaders(entries)
        out["entries"] = [listing_entry(entry, first) for entry in entries]
        if vector.expected.content_root:
            out |= {"content_root": vector.expected.content_root.hex(), "storage_root": vector.expected.storage_root.hex(),
                    "generation": vector.expected.generation, "message": vector.expected.message.decode()}
    return out | vector.more


def all_vectors():
    found = {}
    for group in GROUPS:
        for vector in group.vectors():
            assert vector.name not in found, vector.name
            assert vector.failure_class in ("ok", *CLASSES) and vector.stage in STAGES, vector.name
            found[vector.name] = vector
    return list(found.values())


def outputs():
    """File name -> bytes, of everything that is written."""
    vectors = all_vectors()
    files = {}
    for vector in vectors:
        files |= _files(vector)
    records = [record(vector) for vector in vectors]
    lines = ",\n".join(json.dumps(it, ensure_ascii=True) for it in records)
    files["manifest.json"] = f'{{"format": 1, "count": {len(records)}, "vectors": [\n{lines}\n]}}\n'.encode()
    rows = ["\t".join((it["name"], it["file"], it["class"], it["stage"], it.get("also", "-"), "recovered" if it.get("recovered") else "-",
                       it.get("identity", "-"), it.get("passphrase", "-"))) for it in records]
    files["manifest.tsv"] = ("\n".join(["#name\tfile\tclass\tstage\talso\trecovered\tidentity\tpassphrase", *rows]) + "\n").encode()
    return files


def main(arguments):
    directory = pathlib.Path(arguments[1] if len(arguments) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    files = outputs()
    for old in [*directory.glob("*.npk"), *directory.glob("*.npk.*")]:
        if old.name not in files:
            old.unlink()
    for name, data in files.items():
        (directory / name).write_bytes(data)
    print(f"{len(all_vectors())} vectors, {sum(map(len, files.values()))} bytes")


if __name__ == "__main__":
    main(sys.argv)
