"""Fetches packages for bench/corpora, without installing any: Debian's through apt with lists of its own, npm's through npm pack.
What was fetched is kept in the cache folder."""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import corpus_recipes as recipes


class Missing(Exception):
    """A package that the registry does not give."""


class Registry:
    def __init__(self, cache):
        self.cache = cache
        self.lists = cache / "apt"

    @functools.cached_property
    def apt_options(self):
        """The machine's own archive with deb-src and arm64 beside what it has; the lists are fetched once."""
        for folder in ("lists/partial", "cache/archives/partial"):
            (self.lists / folder).mkdir(parents=True, exist_ok=True)
        sources = self.lists / "sources.list"
        if not sources.exists():
            sources.write_text(source_lines())
        options = {"Dir::Etc::SourceList": sources, "Dir::Etc::SourceParts": "/dev/null", "Dir::State::Lists": self.lists / "lists",
                   "Dir::Cache": self.lists / "cache", "APT::Architectures": "amd64,arm64", "Acquire::GzipIndexes": "false",
                   "Acquire::Languages": "none", "APT::Sandbox::User": "root", "Debug::NoLocking": "true"}
        flags = [flag for key, value in options.items() for flag in ("-o", f"{key}={value}")]
        if not any((self.lists / "lists").glob("*_Sources")):
            run("apt-get", *flags, "update", "-q")
        return flags

    def apt(self, *arguments, folder):
        return run("apt-get", *self.apt_options, "-q", *arguments, cwd=folder)

    def index(self, name):
        """An index of main: `Sources` or `Packages` of the release itself, or of its `security`."""
        self.apt_options
        suite, kind = ("security", name.split()[1]) if " " in name else ("", name)
        ending = "main_source_Sources" if kind == "Sources" else "main_binary-amd64_Packages"
        found = [path for path in (self.lists / "lists").iterdir() if path.name.endswith(ending)
                 and ("security" in path.name if suite else not re.search("security|updates|backports", path.name))]
        if not found:
            raise Missing(f"apt's index {name}")
        return found[0]

    def debian(self, package, architecture):
        folder = self.cache / "debian" / architecture / package
        if not (found := list(folder.glob("*.deb"))):
            fetch_into(folder, lambda: self.apt("download", f"{package}:{architecture}", folder=folder))
            found = list(folder.glob("*.deb"))
        version = run("dpkg-deb", "-f", found[0], "Version").strip()
        return found[0], version

    def source(self, package):
        folder = self.cache / "source" / package
        if not list(folder.glob("*.dsc")):
            fetch_into(folder, lambda: self.apt("source", "--download-only", package, folder=folder))
        description = next(folder.glob("*.dsc")).read_text(errors="replace")
        tars = sorted(path for path in folder.glob("*.tar.*") if ".asc" not in path.name)
        return tars, re.search(r"^Version: (\S+)", description, re.M).group(1)

    def npm(self, package, version):
        folder = self.cache / "npm" / f"{package.replace('/', '+')}@{version}"
        if not (found := list(folder.glob("*.tgz"))):
            fetch_into(folder, lambda: run("npm", "pack", "--silent", f"{package}@{version}", cwd=folder))
            found = list(folder.glob("*.tgz"))
        return found[0]


def run(*command, **more):
    try:
        done = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)
    except FileNotFoundError as absent:
        raise Missing(f"{command[0]}: not installed") from absent
    except subprocess.CalledProcessError as failure:
        raise Missing(f"{' '.join(map(str, command[-3:]))}: {failure.stderr.strip()[-400:]}") from failure
    return done.stdout


def source_lines():
    """One-line sources, binary and source, of every archive that this machine's apt knows."""
    columns = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
    rows = sorted(set(run("apt-get", "indextargets", "--format", columns, "Identifier: Packages").split()))
    return "".join(f"{kind} {row.replace('|', ' ')}\n" for row in rows for kind in ("deb", "deb-src"))


def fetch_into(folder, fetch):
    """A folder that is there only when it is whole."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        print(f"  fetching {folder.name}", file=sys.stderr, flush=True)
        fetch()
        if not os.listdir(folder):
            raise Missing(f"{folder.name}: nothing came")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def unpack_tar(archive, out):
    """Regular files and folders only; a path that leaves `out` is refused."""
    out.mkdir(parents=True, exist_ok=True)
    root = out.resolve()
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isreg() and root in (out / member.name).resolve().parents:
                tar.extract(member, out, set_attrs=False)
                os.utime(out / member.name, (member.mtime, member.mtime))


def unpack(registry, part, out):
    """Lays the whole package under `out`; returns its version."""
    if part.registry == recipes.DEBIAN:
        archive, version = registry.debian(part.package, part.architecture)
        run("dpkg-deb", "-x", archive, out)
        if part.inner_archive:
            inner = out / part.inner_archive
            run("tar", "-xf", inner, "--no-same-owner", "-C", out)
            inner.unlink()
        return version
    if part.registry == recipes.NPM:
        unpack_tar(registry.npm(part.package, part.version), out)
        return part.version
    if part.registry == recipes.SOURCE:
        archives, version = registry.source(part.package)
        for archive in archives:
            unpack_tar(archive, out)
        return version
    out.mkdir(parents=True)
    path = registry.index(part.package) if part.registry == recipes.INDEX else pathlib.Path(part.package)
    if not path.exists():
        raise Missing(str(path))
    shutil.copy2(path, out / path.name)
    return "-"
