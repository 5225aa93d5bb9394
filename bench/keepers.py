"""The tools that bench/history gives one tree after another: npk, restic, borg. Each keeps what it stores in one folder
`store`; commands are lines for bash and run in the folder of `tree`, the name that is stored."""

import os
import shlex
import shutil
import subprocess

import measure


class Keeper:
    name = tool = ""

    def __init__(self, work, threads):
        self.store, self.saved, self.work, self.threads = work / f"store-{self.tool}", work / f"saved-{self.tool}", work, threads
        self.generation = 0
        self.store.mkdir()

    def available(self):
        return shutil.which(self.tool) is not None

    def environment(self):
        return dict(os.environ)

    def run(self, command, output=subprocess.DEVNULL):
        return measure.run(command, self.work, self.environment(), output)

    def bytes(self):
        """What is stored; a cache that can be made anew does not count."""
        return sum(path.lstat().st_size for path in (self.store / "data").rglob("*") if path.is_file())

    def begin(self, tree):
        self.run(self.first(tree))
        self.generation = 1

    def add(self, tree):
        """(cost, bytes added)"""
        before = self.bytes()
        self.generation += 1
        cost = self.run(self.next(tree))
        return cost, self.bytes() - before

    def save(self):
        """For `put_back`: what was added since is forgotten."""
        self.saved_generation = self.generation
        subprocess.run(["cp", "-a", self.store, self.saved], check=True)

    def put_back(self):
        subprocess.run(["rm", "-rf", self.store], check=True)
        subprocess.run(["cp", "-a", self.saved, self.store], check=True)
        self.generation = self.saved_generation

    def drop(self):
        subprocess.run(["rm", "-rf", self.store, self.saved], check=True)


class Npk(Keeper):
    name = tool = "npk"

    @property
    def package(self):
        return shlex.quote(str(self.store / "data" / "k.npk"))

    def first(self, tree):
        (self.store / "data").mkdir()
        return f"npk pack -q --threads {self.threads} {self.package} {tree}"

    def next(self, tree):
        return f"npk append -q --threads {self.threads} {self.package} {tree}"

    def add(self, tree):
        cost, added = super().add(tree)
        if added == 0:  # where nothing changed no generation is written
            self.generation -= 1
        return cost, added

    def views(self):
        return {"log": f"npk log {self.package}", "list of the first": f"npk list --at 1 {self.package}",
                "diff of the newest two": f"npk diff {self.package}@{self.generation - 1} {self.package}@{self.generation}"}


class Restic(Keeper):
    name = tool = "restic"

    def environment(self):
        return dict(os.environ, RESTIC_PASSWORD="benchmark", RESTIC_CACHE_DIR=str(self.store / "cache"),
                    RESTIC_REPOSITORY=str(self.store / "data"), GOMAXPROCS=str(self.threads))

    def first(self, tree):
        self.run("restic init -q --repository-version 2")
        return self.next(tree)

    def next(self, tree):
        return f"restic backup -q {tree}"

    def views(self):
        ids = "$(restic snapshots --json | grep -o '\"short_id\":\"[0-9a-f]*' | cut -d '\"' -f 4 | %s)"
        return {"log": "restic snapshots", "list of the first": f"restic ls -q {ids % 'head -1'}",
                "diff of the newest two": f"restic diff -q {ids % 'tail -2'}"}


class Borg(Keeper):
    """Its list of files is in a cache, without which it would read all of the tree each time."""

    name, tool = "borg", "borg"

    def environment(self):
        return dict(os.environ, BORG_REPO=str(self.store / "data"), BORG_BASE_DIR=str(self.store / "base"),
                    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK="yes", BORG_RELOCATED_REPO_ACCESS_IS_OK="yes")

    def first(self, tree):
        self.run("borg init -e none")
        return f"borg create --compression zstd ::g1 {tree}"

    def next(self, tree):
        return f"borg create --compression zstd ::g{self.generation} {tree}"

    def views(self):
        return {"log": "borg list", "list of the first": "borg list ::g1",
                "diff of the newest two": f"borg diff ::g{self.generation - 1} g{self.generation}"}


KEEPERS = (Npk, Restic, Borg)
