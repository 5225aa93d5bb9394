"""The archivers that bench/compare runs, one small class each. A command is a line for bash; {archive}, {tree},
{out}, {threads} and {entry} are filled in by `fill`, quoted. Commands run in the tree's folder unless said."""

import os
import shlex
import shutil
import subprocess


class Peer:
    """One tool with one setting."""

    name = ""
    tools = ()  # all must be on the PATH
    suffix = ""  # of the archive's name
    slow = False  # packs once unless asked for more
    faithful = True  # gives every entry back; False: what came out is not counted
    anonymous = False  # peak memory is that of anonymous pages, not of the mapped input too
    pack = list = extract = one_file = ""
    prepare = ""  # before each pack, not timed
    environment = {}  # values are filled in as commands are

    def available(self):
        return all(shutil.which(tool) for tool in self.tools)

    def version(self):
        """The first line that the tool prints about itself."""
        done = subprocess.run([self.tools[-1], "--version"], capture_output=True, text=True, check=False)
        lines = [line.strip() for line in (done.stdout or done.stderr).splitlines() if line.strip()]
        return lines[0] if lines else "?"


class Npk(Peer):
    tools = ("npk",)
    suffix = ".npk"
    anonymous = True
    option = ""
    list = "npk list {archive}"
    extract = "npk extract --threads {threads} -C {out} {archive}"
    one_file = "npk cat {archive} {entry}"

    @property
    def pack(self):
        return f"npk pack {self.option} -q --threads {{threads}} -C {{tree}} {{archive}} ."


class NpkFast(Npk):
    name, option = "npk --fast", "--fast"


class NpkDefault(Npk):
    name = "npk"


class NpkSealed(Npk):
    """For one X25519 recipient; the key is made beside the package."""

    name = "npk -r"
    tools = ("npk", "age-keygen")
    prepare = "test -f {archive}.key || age-keygen -o {archive}.key 2>{archive}.public"
    list = "npk list -i {archive}.key {archive}"
    extract = "npk extract --threads {threads} -i {archive}.key -C {out} {archive}"
    one_file = "npk cat -i {archive}.key {archive} {entry}"

    @property
    def pack(self):
        return "npk pack -r $(age-keygen -y {archive}.key) -q --threads {threads} -C {tree} {archive} ."


class NpkMax(Npk):
    name, option, slow = "npk --max", "--max", True


class NpkPlain(Npk):
    name, option = "npk --no-filters", "--no-filters"


class NpkMaxPlain(Npk):
    name, option, slow = "npk --max --no-filters", "--max --no-filters", True


class TarZstd(Peer):
    tools = ("tar", "zstd")
    option = ""
    list = "zstd -dc {archive} | tar -tf -"
    extract = "zstd -dc {archive} | tar -xpf - -C {out}"
    one_file = "zstd -dc {archive} | tar -xOf - ./{entry}"

    @property
    def name(self):
        return f"tar | zstd {self.option}"

    @property
    def pack(self):
        return f"tar -cf - -C {{tree}} . | zstd -q {self.option} -T{{threads}} -o {{archive}}"


class TarZstd1(TarZstd):
    option = "-1"


class TarZstd3(TarZstd):
    option = "-3"


class TarZstd9(TarZstd):
    option = "-9 --long=27"


class TarZstd19(TarZstd):
    option, slow = "-19 --long=27", True


class TarXz9(Peer):
    """One thread, as xz does by itself."""

    name = "tar | xz -9"
    tools = ("tar", "xz")
    slow = True
    pack = "tar -cf - -C {tree} . | xz -9 -T1 > {archive}"
    list = "xz -dc {archive} | tar -tf -"
    extract = "xz -dc {archive} | tar -xpf - -C {out}"
    one_file = "xz -dc {archive} | tar -xOf - ./{entry}"


class Squashfs(Peer):
    name = "mksquashfs zstd"
    tools = ("unsquashfs", "mksquashfs")
    pack = "mksquashfs {tree} {archive} -comp zstd -processors {threads} -noappend -no-progress -quiet"
    list = "unsquashfs -l {archive}"
    extract = "unsquashfs -processors {threads} -no-progress -quiet -f -d {out} {archive}"
    one_file = "unsquashfs -cat {archive} {entry}"

    def version(self):
        done = subprocess.run(["mksquashfs", "-version"], capture_output=True, text=True, check=False)
        return done.stdout.splitlines()[0] if done.stdout else "?"


SEVEN_ZIP = "7zz" if shutil.which("7zz") else "7z"  # Debian's 7zip has had both names


class SevenZip(Peer):
    name = "7z -mx=9"
    tools = (SEVEN_ZIP,)
    suffix = ".7z"
    slow = True
    pack = f"{SEVEN_ZIP} a -bd -bso0 -snl -mx=9 -mmt={{threads}} {{archive}} ."
    list = f"{SEVEN_ZIP} l -bd {{archive}}"
    extract = f"{SEVEN_ZIP} x -bd -bso0 -y -snl -snld20 -mmt={{threads}} -o{{out}} {{archive}}"
    one_file = f"{SEVEN_ZIP} e -bd -so {{archive}} {{entry}}"

    def version(self):
        done = subprocess.run([SEVEN_ZIP], capture_output=True, text=True, check=False)
        return next((line for line in done.stdout.splitlines() if line.startswith("7-Zip")), "?")


class Dwarfs(Peer):
    name = "mkdwarfs"
    tools = ("dwarfsck", "dwarfsextract", "mkdwarfs")
    pack = "mkdwarfs -i {tree} -o {archive} -N {threads} --no-progress --log-level=warn"
    list = "dwarfsck --list {archive}"
    extract = "dwarfsextract -i {archive} -o {out} -n {threads}"
    one_file = "dwarfsextract -i {archive} --pattern {entry} -f ustar | tar -xOf - {entry}"

    def version(self):
        done = subprocess.run(["mkdwarfs", "--help"], capture_output=True, text=True, check=False)
        return next((line.strip() for line in done.stdout.splitlines() if "mkdwarfs" in line), "?")


class Restic(Peer):
    name = "restic"
    tools = ("restic",)
    environment = {"RESTIC_PASSWORD": "benchmark", "RESTIC_CACHE_DIR": "{archive}.cache", "GOMAXPROCS": "{threads}",
                   "RESTIC_REPOSITORY": "{archive}"}
    prepare = "restic init -q --repository-version 2"
    pack = "restic backup -q ."
    list = "restic ls -q latest"
    extract = "restic restore -q latest --target {out}"
    one_file = "restic dump -q latest /{entry}"

    def version(self):
        done = subprocess.run(["restic", "version"], capture_output=True, text=True, check=False)
        return done.stdout.strip()


class Borg(Peer):
    name = "borg zstd"
    tools = ("borg",)
    environment = {"BORG_REPO": "{archive}", "BORG_BASE_DIR": "{archive}.base",
                   "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"}
    prepare = "borg init -e none"
    pack = "borg create --compression zstd ::a ."
    list = "borg list ::a"
    extract = "cd {out} && borg extract ::a"
    one_file = "borg extract --stdout ::a {entry}"


class Zpaq(Peer):
    name = "zpaq -m1"
    tools = ("zpaq",)
    suffix = ".zpaq"
    faithful = False  # no symbolic links
    pack = "zpaq a {archive} . -m1 -t{threads}"
    list = "zpaq l {archive}"
    extract = "zpaq x {archive} -to {out} -t{threads}"

    def version(self):
        done = subprocess.run(["zpaq"], capture_output=True, text=True, check=False)
        return (done.stdout or done.stderr).splitlines()[0]


PEERS = [peer() for peer in (NpkFast, NpkDefault, NpkPlain, NpkSealed, NpkMax, NpkMaxPlain, TarZstd1, TarZstd3, TarZstd9, TarZstd19, TarXz9, Squashfs, SevenZip,
                             Dwarfs, Restic, Borg, Zpaq)]


def fill(text, places):
    """The command with its places filled in, quoted for the shell."""
    for key, value in places.items():
        text = text.replace("{" + key + "}", shlex.quote(str(value)))
    return text


def environment_of(peer, places):
    """What the peer's commands see beside this process's environment."""
    values = dict(os.environ, LC_ALL="C.UTF-8")
    for key, text in peer.environment.items():
        for place, value in places.items():
            text = text.replace("{" + place + "}", str(value))
        values[key] = text
    return values
