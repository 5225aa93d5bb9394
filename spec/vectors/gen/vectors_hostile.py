"""Packages that are well formed and mean harm: only careful extraction saves the user (requirement N14).

`extract` in the manifest says what extraction into an empty directory must come to:

    inside               entries that must be there afterwards
    refused              entries that must not be made, each named in the report
    conflicts            groups of entries that cannot all be made: at least one of each group is refused, and at least one is made
    collide              groups of names that are one on file systems that fold case or normal form; elsewhere all are made
    either               entries that may be made or refused
    privileged           entries that only a privileged user can make in full; others refuse them or make them without what they may not
    absent               paths, relative to the target directory, that must not exist afterwards
    outside_untouched    nothing outside the target directory may be made, changed or removed
"""

import payloads
from ids import KINDS
from package import Package
from pages import Entry, Run, directory, symlink
from vector import Vector, regular

OUTSIDE = b"/tmp/npk-vector-outside"


def _hostile(name, what, entries, codec=None, **extract):
    package = Package(name)
    package.block([b"hello"])
    package.chunk_page()
    package.manifest(entries, codec or payloads.store)
    package.commit(entries, catalog_codec=codec or payloads.store)
    package.trailer()
    safe = {"inside": extract.pop("inside", []), **extract, "outside_untouched": True}
    return Vector(name, what, package.bytes(), stage="extract", expected=package.commits[-1], more={"extract": safe})


def file(path, **more):
    return regular(path, 0, **more)


# --- through symbolic links ---

def links():
    yield _hostile("hostile_link_absolute", "An absolute symbolic link, then a file through it.",
                   [file(b"before"), symlink(b"link", OUTSIDE), file(b"link/file")],
                   inside=["before"], conflicts=[["link", "link/file"]], absent=[OUTSIDE.decode() + "/file"])
    yield _hostile("hostile_link_parent", "A link to `..`, then a file through it.", [symlink(b"link", b".."), file(b"link/npk-vector-escaped"), file(b"z")],
                   inside=["z"], conflicts=[["link", "link/npk-vector-escaped"]], absent=["../npk-vector-escaped"])
    yield _hostile("hostile_link_inside", "A link to a directory of the package, then a file through it: not followed either.",
                   [directory(b"dir"), symlink(b"link", b"dir"), file(b"link/file")], inside=["dir"], conflicts=[["link", "link/file"]], absent=["dir/file"])
    yield _hostile("hostile_link_deep", "A link in a subdirectory that leads up and out, then a directory and a file through it.",
                   [directory(b"a"), directory(b"a/b"), symlink(b"a/b/up", b"../../.."), directory(b"a/b/up/npk-vector-dir"),
                    file(b"a/b/up/npk-vector-dir/file")],
                   inside=["a", "a/b"], conflicts=[["a/b/up", "a/b/up/npk-vector-dir/file"]], absent=["../npk-vector-dir"])
    yield _hostile("hostile_link_of_link", "A link through a link.", [symlink(b"one", b".."), symlink(b"one/npk-vector-two", b"/"), file(b"z")],
                   inside=["z"], conflicts=[["one", "one/npk-vector-two"]], absent=["../npk-vector-two"])
    yield _hostile("hostile_link_dot", "A link to `.`, and a path that goes through it ten times.",
                   [symlink(b"a", b"."), file(b"/".join([b"a"] * 10) + b"/file")], conflicts=[["a", "/".join(["a"] * 10) + "/file"]], absent=["file"])
    yield _hostile("hostile_link_loop", "Two links that lead to each other, and a file through one.",
                   [symlink(b"one", b"two"), file(b"one/file"), symlink(b"two", b"one")], inside=["two"], conflicts=[["one", "one/file"]])
    chain = [symlink(b"link%02d" % number, b"link%02d" % (number + 1)) for number in range(41)]
    yield _hostile("hostile_link_chain", "A chain of 41 links that ends outside, and a file through the first.",
                   chain + [symlink(b"link41", OUTSIDE), file(b"link00/file")], inside=[f"link{number:02}" for number in range(1, 42)],
                   conflicts=[["link00", "link00/file"]], absent=[OUTSIDE.decode() + "/file"])
    yield _hostile("hostile_targets", "Links that lead out, and nothing through them: made as they are, never followed.",
                   [symlink(b"absolute", b"/etc/passwd"), symlink(b"process", b"/proc/self/root"), symlink(b"up", b"../../../etc/shadow")],
                   inside=["absolute", "process", "up"])
    yield _hostile("hostile_link_attributes", "A link whose mode, owner and attributes must not go to what it leads to.",
                   [symlink(b"link", OUTSIDE, xattrs=[(b"user.npk", b"x")], uid=0, gid=0)], inside=["link"])
    yield _hostile("hostile_hard_link", "Hard links of one file; the first lies behind a link that leads out.",
                   [symlink(b"link", b".."), file(b"link/npk-vector-hard", link_group=1), file(b"z", link_group=1)],
                   inside=["z"], conflicts=[["link", "link/npk-vector-hard"]], absent=["../npk-vector-hard"])


# --- names ---

def names():
    yield _hostile("hostile_case", "Names that differ in case only.", [file(b"README"), Entry(b"Readme"), Entry(b"readme")],
                   inside=["README"], collide=[["README", "Readme", "readme"]])
    yield _hostile("hostile_case_link", "A directory, and a link that leads out and differs in case only.",
                   [symlink(b"DIR", b".."), directory(b"dir"), file(b"dir/npk-vector-case")], inside=["dir/npk-vector-case"], collide=[["DIR", "dir"]],
                   absent=["../npk-vector-case"])
    yield _hostile("hostile_normal_forms", "Names that differ in Unicode normal form only.", [Entry("e\u0301".encode()), file("\u00e9".encode())],
                   inside=["\u00e9"], collide=[["e\u0301", "\u00e9"]])
    yield _hostile("hostile_file_as_directory", "A file, and a file below it.", [file(b"a"), file(b"a/b"), file(b"z")], inside=["z"], conflicts=[["a", "a/b"]])
    yield _hostile("hostile_fifo_as_directory", "A FIFO, and a file below it.", [Entry(b"a", KINDS["fifo"]), file(b"a/b"), file(b"z")],
                   inside=["z"], conflicts=[["a", "a/b"]])
    yield _hostile("hostile_directory_twice", "A directory named like a file's directory that no entry makes.", [file(b"made/by/itself")],
                   inside=["made/by/itself"])
    yield _hostile("hostile_long_name", "A component of 256 bytes, which Linux cannot hold.", [file(b"n" * 256), file(b"n" * 255)],
                   inside=["n" * 255], refused=["n" * 256])
    odd = [b" ", b"-rf", b"..\\..\\up", b"C:\\windows", b"\\\\server\\share", b"a:stream", b"bell\x07", b"clear\x1b[2J", b"con", b"dots...", b"line\nbreak",
           b"nul.txt", b"trail ", b"~", "\u202egnp.exe".encode(), b"..."]
    yield _hostile("hostile_odd_names", "Names that mean something elsewhere, control characters and terminal sequences: plain names on Linux.",
                   [file(name) for name in odd], inside=sorted(name.decode() for name in odd))


def depths():
    for depth in (5000, 32_767):
        path = b"/".join([b"d"] * depth)
        pack = lambda raw: (payloads.lz4_chain(), _packed(raw, path))
        yield _hostile(f"hostile_depth_{depth}", f"A path of {depth:,} components: made, or refused without harm.",
                       [file(path), file(b"z")], pack, inside=["z"], either=["/".join(["d"] * depth)])


def _packed(raw, path):
    at = raw.index(path)
    return payloads.lz4_sequence(raw[:at + 2], 2, len(path) - 2) + payloads.lz4_sequence(raw[at + len(path):])


# --- what entries are ---

def kinds():
    device = 8 << 32
    yield _hostile("hostile_devices", "Devices that give the disk or the memory away.",
                   [Entry(b"disk", KINDS["block_device"], 0o666, device=device), file(b"file"),
                    Entry(b"memory", KINDS["character_device"], 0o666, device=1 << 32 | 1)],
                   inside=["file"], privileged=["disk", "memory"])
    yield _hostile("hostile_set_id", "Set-id bits on files of root. Who cannot give the file to root must not set them.",
                   [file(b"gid", mode=0o2755, uid=0, gid=0), file(b"uid", mode=0o4755, uid=0, gid=0)], inside=["gid", "uid"], privileged=["gid", "uid"])
    yield _hostile("hostile_attributes", "Attributes that grant rights: capabilities, and trusted ones.",
                   [file(b"file", xattrs=[(b"security.capability", bytes.fromhex("0100000200200000" "0000000000000000" "00000000")),
                                          (b"trusted.overlay.opaque", b"y")])], inside=["file"], privileged=["file"])
    yield _hostile("hostile_fifo", "A FIFO where a reader would wait for ever.", [Entry(b"pipe", KINDS["fifo"], 0o644), file(b"z")], inside=["pipe", "z"])
    yield _hostile("hostile_directory_modes", "Directories that nobody may enter, with files below: modes come last.",
                   [directory(b"locked", 0), file(b"locked/file"), directory(b"locked/sub", 0), file(b"locked/sub/file")],
                   inside=["locked", "locked/file", "locked/sub", "locked/sub/file"])
    yield _hostile("hostile_hole", "A file that is nearly all hole must not fill the disk.",
                   [Entry(b"sparse", runs=[Run(0, 0, 1 << 16), Run(0), Run(0, 0, 1 << 16)])], inside=["sparse"])


def vectors():
    for group in (links, names, depths, kinds):
        yield from group()
