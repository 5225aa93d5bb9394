"""Extraction by the independent reader: nothing is followed, nothing that is there is replaced, devices are left out."""

import contextlib
import os

from ids import KINDS

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@contextlib.contextmanager
def _parent(target, path):
    """(descriptor of the directory that `path` lies in, its last name); directories on the way are made."""
    *folders, name = path.split(b"/")
    at = os.open(target, DIRECTORY)
    try:
        for folder in folders:
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder, 0o700, dir_fd=at)
            below = os.open(folder, DIRECTORY, dir_fd=at)
            os.close(at)
            at = below
        yield at, name
    finally:
        os.close(at)


def _make(reader, row, at, name):
    if row.kind == KINDS["directory"]:
        try:
            os.mkdir(name, 0o700, dir_fd=at)
        except FileExistsError:
            os.close(os.open(name, DIRECTORY, dir_fd=at))
    elif row.regular:
        with open(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=at), "wb") as file:
            file.write(reader.content(row))
    elif row.kind == KINDS["symlink"]:
        os.symlink(row.target, name, dir_fd=at)
    elif row.kind == KINDS["fifo"]:
        os.mkfifo(name, 0o600, dir_fd=at)
    else:
        raise OSError("a device")


def _link(target, leader, at, name):
    with _parent(target, leader) as (leader_at, leader_name):
        os.link(leader_name, name, src_dir_fd=leader_at, dst_dir_fd=at, follow_symlinks=False)


def _finish(row, at, name):
    time = row.mtime_seconds * 10**9 + row.mtime_nanoseconds
    if row.kind != KINDS["symlink"]:
        os.chmod(name, row.mode & 0o1777, dir_fd=at)
    os.utime(name, ns=(time, time), dir_fd=at, follow_symlinks=False)


def extract(reader, target):
    """Into an empty directory; returns the paths that were not made. Owners and attributes are left out."""
    made, refused, first = [], [], {}
    for row in reader.entries():
        try:
            with _parent(target, row.path) as (at, name):
                if row.link_group in first:
                    _link(target, first[row.link_group], at, name)
                else:
                    _make(reader, row, at, name)
            made.append(row)
            if row.link_group:
                first.setdefault(row.link_group, row.path)
        except OSError:
            refused.append(row.path)
    for row in reversed(made):  # a directory behind what is in it
        with contextlib.suppress(OSError, OverflowError), _parent(target, row.path) as (at, name):
            _finish(row, at, name)
    return refused
