"""What bench/corpora makes its corpora of: lists of packages, and which of their files are taken. A list names kinds of data, never
files that do well: whole folders and suffixes. Debian's versions are those of the archive on the day, npm's are pinned; the manifest names both."""

import dataclasses

DEBIAN, SOURCE, NPM, INDEX, MADE, HERE = "Debian", "Debian source", "npm", "Debian index", "made", "this machine"


@dataclasses.dataclass(frozen=True)
class Part:
    """Files of one package. `keep` are patterns of the whole path in the package (* passes slashes); a compressed file that is
    kept without its suffix is unpacked first. `starts` is what every kept file begins with; `architecture` is of Debian's."""

    registry: str
    package: str
    keep: tuple = ("*",)
    version: str = ""
    leave: tuple = ()
    starts: bytes = b""
    architecture: str = "amd64"
    least_bytes: int = 1
    inner_archive: str = ""  # a tar file in the package whose files are meant


@dataclasses.dataclass(frozen=True)
class Corpus:
    name: str
    kind: str  # the row of aims, see corpus_aims.py
    parts: tuple


def debian(keep, *packages, **more):
    return tuple(Part(DEBIAN, package, keep, **more) for package in packages)


def npm(package, version, *keep, **more):
    return (Part(NPM, package, keep or ("*.json", "*.geojson"), version, **more),)


def source(package, *keep, **more):
    return (Part(SOURCE, package, keep, **more),)


JSON = (
    *debian(("*.json", "*.geojson"), "iso-codes"),
    *debian(("*/botocore/data/[a-b]*.json",), "python3-botocore"),
    *npm("mime-db", "1.54.0"),
    *npm("@mdn/browser-compat-data", "8.1.9"),
    *npm("emoji-datasource", "16.0.0"),
    *npm("emojibase-data", "17.0.0", "package/en/*.json", "package/de/*.json", "package/ja/*.json", "package/ru/*.json"),
    *npm("caniuse-db", "1.0.30001813", "package/data.json", "package/features-json/*", "package/region-usage-json/[A-D]*"),
    *npm("world-atlas", "2.0.2"),
    *npm("us-atlas", "3.0.1"),
    *npm("world-countries", "5.1.0"),
    *npm("vega-datasets", "3.2.1", leave=("*/flights-200k.json",)),
    *npm("cldr-numbers-full", "48.2.0", "package/main/[d-e]*.json"),
    *npm("cldr-dates-modern", "45.0.0", "package/main/e*.json"),
    *npm("country-json", "2.3.0", leave=("*-flag.json",)),
    *npm("moment-timezone", "0.6.6"),
    *npm("@iconify-json/mdi", "1.2.3"),
    *npm("@octokit/openapi", "23.0.2", "package/generated/api.github.com.json"),
    *npm("aws-sdk", "2.1693.0", "package/apis/[a-d]*.json"),
)

RECORDS = (
    Part(INDEX, "Sources"),
    Part(INDEX, "security Packages"),
    Part(HERE, "/var/lib/dpkg/status"),
    *debian(("*/unicode/*.txt",), "unicode-data", leave=("*/Unihan*", "*/Bidi*", "*Test.txt")),
    *debian(("*.ids", "*.txt"), "pci.ids", "usb.ids", "ieee-data", leave=("*/doc/*",)),
    *debian(("*/wordnet/data.*", "*/wordnet/index.*"), "wordnet-base"),
)

TABLES = (
    *debian(("*.csv", "*.tsv"), "python3-statsmodels", "python3-sklearn", "r-cran-spdata", "r-cran-readr", "r-cran-vroom", "r-cran-data.table",
            "python3-astropy", "python3-sunpy", "gdal-data", "ieee-data", "r-cran-dslabs"),
    *debian(("*.txt",), "unicode-data", leave=("*/Unihan_[RDO]*", "*/doc/*", "*/NamesList*", "*Test.txt")),
    *npm("vega-datasets", "3.2.1", "*.csv", "*.tsv"),
)

MARKUP_FILES = ("*.svg", "*.html", "*.htm", "*.xhtml", "*.xml", "*.page", "*.xsl", "*.ui", "*.docbook", "*.xhp")
LANGUAGES = tuple(f"*/help/{language}/*{suffix}" for language in ("C", "de", "fr", "ru", "ja") for suffix in (".page", ".xml", ".docbook", ".svg"))
MARKUP = (
    *debian(("*.svg",), "adwaita-icon-theme", "suru-icon-theme"),
    *debian(("*/breeze/*.svg",), "breeze-icon-theme"),
    *debian(("*/elementary/actions/*.svg", "*/elementary/status/*.svg", "*/elementary/places/*.svg"), "elementary-icon-theme"),
    *debian(("*/Papirus/64x64/apps/*.svg",), "papirus-icon-theme"),
    *debian(MARKUP_FILES, "shared-mime-info", "iso-codes", "docbook-xsl", "git-doc", "gimp-help-en", "debian-reference-en",
            "netcdf-doc", "glade"),
    *debian(("*/html/library/*.html",), "python3.11-doc"),
    *debian(LANGUAGES, "gnome-user-docs", "mate-user-guide"),
    *debian(("*/text/swriter/*.html", "*/text/shared/*.html", "*/text/sbasic/*.html"), "libreoffice-help-en-us"),
)

NUMBERS = ("*.fits", "*.fit", "*.fts", "*.tfits", "*.nc", "*.cdf", "*.grb", "*.npy", "*.gsb", "*.gtx", "*.lla", "*.nii")
NUMERIC = (
    *debian(("*.fits", "*.tfits"), "eso-midas-testdata", leave=("*/VISIR.2004-09-30T03c*",)),  # a file that is there twice
    *debian(("*/cdf/*.nc", "*/cdf/*.cdf", "*/grb/*.grb"), "libncarg-data"),
    *debian(NUMBERS, "python3-astropy", "python3-sunpy", "proj-data", "python3-skimage", "python3-scipy", "python3-nibabel"),
    *debian(("*/index-tycho2-1[1-9]*.fits",), "astrometry-data-tycho2-10-19-littleendian"),
    *debian(("*/DE405/*",), "casacore-data-jpl-de405"),
)

PICTURES = ("*.bmp", "*.pgm", "*.ppm", "*.tga", "*.pnm")
SAMPLES = (
    *debian(("*.wav",), "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav", "colobot-common-sounds", "alsa-utils"),
    *debian((*PICTURES, "*.wav"), "freedink-data", "gdk-pixbuf-tests", "python3-pygame"),
)

ELF = {"starts": b"\x7fELF", "least_bytes": 16384}
MACHINE = (
    *debian(("*",), "postgresql-15", "cpp-12", "gdb", "libpython3.11-stdlib", "libc6", "libqt5core5a", "openssh-client", "coreutils", **ELF),
    *debian(("*/bin/qemu-system-x86_64", "*/bin/git", "*/git-remote-http"), "qemu-system-x86", "git", **ELF),
    *debian(("*",), "postgresql-15", "libc6", "openssh-client", leave=("*/gconv/*",), architecture="arm64", **ELF),
)

LOGS = (
    Part(MADE, "logs"),
    *source("pgbadger", "*/t/fixtures/*"),
    *debian(("*/go.log", "*/jit.log", "*/gnat.log"), "gcc-12-test-results"),  # the others have up to 458 MB
)

SOURCE_TREE = (Part(DEBIAN, "linux-source-6.1", inner_archive="usr/src/linux-source-6.1.tar.xz"),)

MIXED = debian(("*",), "libpython3.11-stdlib", "perl-modules-5.36", "vim-runtime", "locales", "fonts-dejavu-core", "libicu72", "apache2-data", "nginx-common",
               "postgresql-15", "tcl8.6", "libx11-data", "iso-codes", "gdb", "coreutils", "bash", "openssl", "adwaita-icon-theme", "groff-base",
               "shared-mime-info", "xkb-data", "python3-numpy", "cmake-data", "ca-certificates")

CORPORA = {corpus.name: corpus for corpus in (
    Corpus("json", "json", JSON),
    Corpus("records", "records", RECORDS),
    Corpus("tables", "records", TABLES),
    Corpus("logs", "records", LOGS),
    Corpus("markup", "markup", MARKUP),
    Corpus("numeric", "numeric", NUMERIC),
    Corpus("samples", "numeric", SAMPLES),
    Corpus("machine", "machine", MACHINE),
    Corpus("mixed", "mixed", MIXED),
    Corpus("source", "source", SOURCE_TREE),
    Corpus("days", "records", (Part(MADE, "days"),)),
)}
