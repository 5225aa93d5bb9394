"""One archiver on one tree: each of its steps run in a fresh place, measured and checked."""

import dataclasses
import datetime
import filecmp
import os
import pathlib
import platform
import subprocess

import measure
import peers

STEPS = ("pack", "list", "extract", "one_file")


def warm_and_describe(tree):
    """One read pass over the tree; (files, entries, bytes)."""
    file_paths, entries, total = [], 0, 0
    for folder, folders, files in os.walk(tree):
        entries += len(folders) + len(files)
        for name in files:
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            with open(path, "rb", buffering=0) as stream:
                while chunk := stream.read(1 << 20):
                    total += len(chunk)
            file_paths.append(os.path.relpath(path, tree))
    return sorted(file_paths), entries, total


def count_tree(folder):
    """(entries, bytes) below a folder, to see that an extraction was whole."""
    entries, total = 0, 0
    for where, folders, files in os.walk(folder):
        entries += len(folders) + len(files)
        for name in files:
            status = os.lstat(os.path.join(where, name))
            total += status.st_size if status.st_mode & 0o170000 == 0o100000 else 0
    return entries, total


def size_of(archive):
    return archive.stat().st_size if archive.is_file() else count_tree(archive)[1]


def remove(*paths):
    subprocess.run(["rm", "-rf", "--", *map(str, paths)], check=True)


class Round:
    """One peer on the tree."""

    def __init__(self, peer, settings, work):
        self.peer, self.settings = peer, settings
        self.archive, self.out, self.output = work / f"archive{peer.suffix}", work / "out", work / "output"
        self.places = {"archive": self.archive, "tree": settings.tree, "out": self.out, "threads": settings.threads,
                       "entry": settings.entry}
        self.environment = peers.environment_of(peer, self.places)

    def command(self, step):
        return peers.fill(getattr(self.peer, step), self.places)

    def once(self, step, run):
        """One run of a step, in a fresh place."""
        if step == "pack":
            remove(self.archive, *self.archive.parent.glob(self.archive.name + ".*"))
            if self.peer.prepare:
                measure.run(self.command("prepare"), self.settings.tree, self.environment, subprocess.DEVNULL)
        if step == "extract":
            self.out.mkdir()
        try:
            with open(self.output, "wb") as output:
                result = run(self.command(step), self.settings.tree, self.environment, output)
            self.check(step)
        finally:
            remove(self.out)
        return result

    def check(self, step):
        if step == "extract" and self.peer.faithful and count_tree(self.out) != (self.settings.entries, self.settings.tree_bytes):
            raise measure.CommandFailed(f"{self.peer.name}: what came out is not what went in")
        if step == "one_file" and not filecmp.cmp(self.output, self.settings.tree / self.settings.entry, shallow=False):
            raise measure.CommandFailed(f"{self.peer.name}: {self.settings.entry} differs")

    def measure_step(self, step):
        repeat = self.settings.repeat_slow if step == "pack" and self.peer.slow else self.settings.repeat
        costs = [self.once(step, measure.run) for _ in range(max(1, repeat))]
        middle = measure.median(costs)
        if self.peer.anonymous:
            middle.memory_bytes = self.once(step, measure.anonymous_peak)
        return {"median": dataclasses.asdict(middle), "runs": [dataclasses.asdict(cost) for cost in costs]}

    def all_steps(self, steps=STEPS):
        result = {"tool": self.peer.name, "version": self.peer.version()}
        for step in steps:
            if getattr(self.peer, step):
                result[step] = self.measure_step(step)
            if step == "pack":
                result["size_bytes"] = size_of(self.archive)
        return result


def machine():
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return {"cpu": model, "cores": len(os.sched_getaffinity(0)), "kernel": platform.release(),
            "date": datetime.date.today().isoformat()}
