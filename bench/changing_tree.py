"""Trees that change from one generation to the next, always in the same way."""

import filecmp
import os
import pathlib
import random
import shutil

LARGEST_DAILY_BYTES = 32 << 10


def files_of(tree):
    found = []
    for where, _, names in os.walk(tree):
        found += [path for name in names if (path := pathlib.Path(where, name)).is_file() and not path.is_symlink()]
    return sorted(found)


def entries_of(tree):
    return sum(len(folders) + len(files) for _, folders, files in os.walk(tree)) + 1


def is_there_alike(old, new):
    if old.is_symlink() or new.is_symlink():
        return old.is_symlink() and new.is_symlink() and os.readlink(old) == os.readlink(new)
    if not old.exists():
        return False
    return old.is_dir() if new.is_dir() else old.is_file() and filecmp.cmp(old, new, shallow=False)


def remove(path):
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)


def become(tree, new):
    """What differs is written anew, as a checkout does; the rest keeps its times. (written, removed)"""
    written = removed = 0
    for where, folders, names in os.walk(new):
        here = tree / os.path.relpath(where, new)
        for gone in {path.name for path in here.iterdir()} - set(folders) - set(names):
            remove(here / gone)
            removed += 1
        for name in folders + names:
            source, target = pathlib.Path(where, name), here / name
            if is_there_alike(target, source):
                continue
            remove(target)
            if source.is_dir() and not source.is_symlink():
                target.mkdir()
            else:
                shutil.copy(source, target, follow_symlinks=False)
                written += 1
    return written, removed


def small_tree(source, target, count):
    """`count` files of at most 32 KiB from the middle of `source`, with the folders they are in."""
    small = [path for path in files_of(source) if 0 < path.stat().st_size <= LARGEST_DAILY_BYTES]
    begin = max(0, (len(small) - count) // 2)
    for path in small[begin:begin + count]:
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)


class DailyChanges:
    """Each day a line is added to one file in so many, each at a place of its own."""

    def __init__(self, tree, share, seed=5):
        self.files, self.random = files_of(tree), random.Random(seed)
        self.count, self.day = max(1, int(len(self.files) * share)), 0

    def one_day(self):
        self.day += 1
        for path in self.random.sample(self.files, self.count):
            lines = path.read_bytes().splitlines(keepends=True)
            at = self.random.randrange(len(lines) + 1)
            words = " ".join(f"{self.random.getrandbits(32):08x}" for _ in range(4))
            lines.insert(at, f"/* day {self.day}: {words} */\n".encode())
            path.write_bytes(b"".join(lines))
