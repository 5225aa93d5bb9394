"""npk report: what is on the page, that names stay text, and that a browser lays it out."""

import html.parser
import os
import random
import re
import shutil
import struct
import subprocess
import unittest
import zlib

import harness
from harness import DAMAGED, DONE, NO_KEY, USAGE

BROWSER = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
TAGS = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "dl", "div", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "svg",
        "rect", "ul", "li", "i", "bdi"}
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "id", "class", "viewbox", "preserveaspectratio", "aria-hidden", "width", "height", "x", "y",
              "fill-opacity"}
MEASURE = """<script>
addEventListener('load', () => {
  const of = selector => [...document.querySelectorAll(selector)].map(e => { const b = e.getBoundingClientRect();
    return [b.x, b.y, b.width, b.height].map(Math.round).join(','); });
  const lines = ['svg.bar rect.whole', 'svg.stack rect', 'svg.map rect', 'body', 'table'].map(s => s + '=' + of(s).join(';'));
  lines.push('wide=' + document.documentElement.scrollWidth);
  const pre = document.createElement('pre'); pre.id = 'measured'; pre.textContent = lines.join('\\n'); document.body.append(pre);
});
</script></body>"""


class Page(html.parser.HTMLParser):
    """Text by tag, and all tags and attributes there are."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.cells, self.open = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append(tag)
        if tag in ("td", "title"):
            self.cells.append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if {"td", "title"} & set(self.open):
            self.cells[-1] += data


class ReportTest(harness.CommandTest):
    def tree(self):
        source = random.Random(3)
        self.write("tree/big.bin", source.randbytes(700_000))
        self.write("tree/text.txt", b"".join(source.choices([b"alpha ", b"beta\n", b"gamma ", b"delta "], k=300_000)))
        self.write("tree/copy.txt", (self.at / "tree/text.txt").read_bytes())
        for number in range(30):
            self.write(f"tree/sources/{number}.c", f"int function_{number}(void) {{ return {number}; }}\n" * 50)

    def page(self, *arguments, **how):
        text = self.npk("report", *arguments, **how).stdout.decode()
        page = Page(text)
        self.assertLessEqual(set(page.tags), TAGS)
        self.assertLessEqual({name for name, _ in page.attributes}, ATTRIBUTES)
        self.assertNotIn("url(", text)
        self.assertNotIn("@import", text)
        self.assertNotIn("://", text)
        return text, page


class Contents(ReportTest):
    def test_what_is_on_it(self):
        self.tree()
        self.npk("pack", "-q", "p.npk", "tree")
        _, page = self.page("p.npk")
        info = self.json("info", "--json", "p.npk")
        for ending in info["types"]:
            self.assertIn(ending, page.cells)
        for chain in info["codecs"]:
            self.assertIn(chain, page.cells)
        self.assertIn("tree/big.bin", page.cells)
        entries = [cell for cell in page.cells if cell.startswith("tree/")]
        self.assertEqual(entries[0], "tree/big.bin")
        self.assertEqual(len(entries), 30)

    def test_the_same_page_each_time(self):
        self.tree()
        self.npk("pack", "-q", "--reproducible", "p.npk", "tree")
        self.npk("report", "p.npk", "-o", "one.html")
        self.npk("report", "-o", "two.html", "p.npk")
        self.assertEqual((self.at / "one.html").read_bytes(), (self.at / "two.html").read_bytes())
        self.assertEqual((self.at / "one.html").read_bytes(), self.npk("report", "p.npk").stdout)

    def test_generations(self):
        self.tree()
        self.npk("pack", "-q", "p.npk", "tree", "--message", "first <b>")
        self.assertNotIn("Generations", self.page("p.npk")[0])
        before = (self.at / "p.npk").stat().st_size
        self.write("tree/more", random.Random(4).randbytes(200_000))
        self.npk("append", "-q", "p.npk", "tree", "--message", "second")
        text, page = self.page("p.npk")
        self.assertIn("Generations", text)
        self.assertIn("first <b>", page.cells)
        at = page.cells.index("second")
        self.assertTrue(page.cells[at - 4].endswith("kB"), page.cells[at - 4])
        grown = (self.at / "p.npk").stat().st_size - before
        self.assertAlmostEqual(float(page.cells[at - 4].split()[0]) * 1000, grown, delta=6000)  # the first trailer is of the second
        older = self.page("--at", "1", "p.npk")[1]
        self.assertNotIn("tree/more", older.cells)

    def test_with_a_profile(self):
        self.tree()
        self.npk("pack", "-q", "--profile", "p.json", "p.npk", "tree")
        text, page = self.page("--profile", "p.json", "p.npk")
        self.assertIn("Time by layer", text)
        self.assertIn("compress (zstd 9)", page.cells)
        self.write("not.json", "{}")
        self.write("broken.json", b"\xff[")
        self.write("deep.json", "[" * 100_000)
        for name in ("not.json", "broken.json", "deep.json"):
            self.npk("report", "--profile", name, "p.npk", code=USAGE, says="--profile")
        self.write("hostile.json", '{"format":"npk-profile-1","operation":"<script>x</script>","seconds":1e300,'
                   '"bottleneck":{"advice":"<img src=x onerror=y>","level":7},'
                   '"layers":[{"name":"<b>\\u0000","seconds":-1,"share_percent":1e300,"bytes_in":-5},7]}')
        text, _ = self.page("--profile", "hostile.json", "p.npk")
        self.assertIn("&lt;script&gt;x", text)

    def test_sealed(self):
        self.tree()
        self.write("words", "a long passphrase\n")
        for verb in ("pack -q --passphrase-fd 3 p.npk tree", "report --passphrase-fd 3 -o r.html p.npk"):
            done = subprocess.run(["bash", "-c", f"exec {harness.NPK} {verb} 3<words"], cwd=self.at, check=False)
            self.assertEqual(done.returncode, DONE)
        self.assertIn("tree/big.bin", (self.at / "r.html").read_text())
        self.npk("report", "-o", "none.html", "p.npk", code=NO_KEY)
        self.assertFalse((self.at / "none.html").exists())

    def test_damaged_and_empty(self):
        self.tree()
        self.write("no.npk", "no package")
        self.npk("report", "-o", "r.html", "no.npk", code=DAMAGED)
        self.assertFalse((self.at / "r.html").exists())
        (self.at / "empty").mkdir()
        self.npk("pack", "-q", "e.npk", "empty")
        self.page("e.npk")
        self.npk("pack", "-q", "p.npk", "tree")
        whole = (self.at / "p.npk").read_bytes()
        self.write("cut.npk", whole[:-100])
        self.npk("report", "-o", "cut.html", "cut.npk")
        self.assertIn("tree/big.bin", (self.at / "cut.html").read_text())

    def test_the_package_is_not_overwritten(self):
        self.tree()
        self.npk("pack", "-q", "p.npk", "tree")
        (self.at / "link").symlink_to("p.npk")
        for name in ("p.npk", "./p.npk", "link"):
            self.npk("report", "-o", name, "p.npk", code=USAGE, says="is the package")
        self.npk("verify", "-q", "p.npk")
        self.page("--spool", "10M", "-", stdin=(self.at / "p.npk").read_bytes())

    def test_bounded(self):
        for number in range(3000):
            self.write(f"many/{number}.e{number}", random.Random(number).randbytes(900))
        self.npk("pack", "-q", "--block-size", "64K", "p.npk", "many")
        text, page = self.page("p.npk")
        self.assertLess(len(text), 100_000)
        self.assertIn("(2975 others)", page.cells)


class HostileNames(ReportTest):
    NAMES = [b"<script>document.title='owned'<\x2fscript>".replace(b"/", b"\xe2\x88\x95"), b"<img src=x onerror=alert(1)>", b'"onmouseover="alert(1)',
             b"'><svg onload=alert(1)>",
             b"&lt;b&gt;", b"a]]>b<!--c", b"\xe2\x80\xaetxt.exe", b"line\nbreak\x1b[31m", b"not \xff\xfe utf-8", b"x.<b>hi&", b"long" * 50]

    def test_names_stay_text(self):
        for number, name in enumerate(self.NAMES):
            path = os.path.join(os.fsencode(self.at), b"names", name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as out:
                out.write(random.Random(number).randbytes(50_000 + number))
        package = "<i>p&q.npk"
        self.npk("pack", "-q", "--message", "</td><script>alert(2)</script>", package, "names")
        self.npk("append", "-q", "--message", "</td><script>alert(3)</script>", package, "--checksum", "names")
        text, page = self.page(package)
        self.assertNotIn("<script", text)
        self.assertNotIn("<img", text)
        self.assertIn("names/<img src=x onerror=alert(1)>", page.cells)
        self.assertIn("names/'><svg onload=alert(1)>", page.cells)
        self.assertIn("names/&lt;b&gt;", page.cells)
        self.assertIn(".<b>hi&", page.cells)
        self.assertIn("npk: <i>p&q.npk", page.cells)
        self.assertTrue(any("\ufffd" in cell for cell in page.cells))
        self.assertTrue(any("…" in cell and len(cell) < 200 for cell in page.cells))
        self.assertFalse(any(ord(letter) < 32 and letter != "\n" for letter in text))
        self.assertIn("<bdi>names/\u202etxt.exe</bdi>", text)


def pixels(path):
    """Rows of (red, green, blue) of an 8-bit PNG that is not interlaced."""
    data = path.read_bytes()
    at, packed, width, channels = 8, b"", 0, 0
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IHDR":
            width, channels = struct.unpack_from(">I", body)[0], {2: 3, 6: 4}[body[9]]
        elif kind == b"IDAT":
            packed += body
    raw, stride = zlib.decompress(packed), width * channels
    before, rows = bytearray(stride), []
    for begin in range(0, len(raw), stride + 1):
        row = bytearray(raw[begin + 1 : begin + 1 + stride])
        unfilter(raw[begin], row, before, channels)
        rows.append([tuple(row[i : i + 3]) for i in range(0, stride, channels)])
        before = row
    return rows


def unfilter(kind, row, before, channels):
    for i in range(len(row) if kind else 0):
        left = row[i - channels] if i >= channels else 0
        corner = before[i - channels] if i >= channels else 0
        row[i] = (row[i] + {1: left, 2: before[i], 3: (left + before[i]) // 2, 4: paeth(left, before[i], corner)}[kind]) & 255


def paeth(left, above, corner):
    guess = left + above - corner
    return min((abs(guess - left), 0, left), (abs(guess - above), 1, above), (abs(guess - corner), 2, corner))[2]


@unittest.skipUnless(BROWSER, "no browser: tests/install-dependencies browser")
class InABrowser(ReportTest):
    WIDTH, HEIGHT = 1000, 2600

    def setUp(self):
        super().setUp()
        self.tree()
        self.npk("pack", "-q", "--block-size", "64K", "--profile", "p.json", "p.npk", "tree")
        self.npk("report", "--profile", "p.json", "-o", "r.html", "p.npk")

    def browse(self, *arguments):
        command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={self.at}/browser",
                   f"--window-size={self.WIDTH},{self.HEIGHT}",
                   "--enable-logging=stderr", *arguments]
        done = subprocess.run(command, cwd=self.at, capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(b"CONSOLE", done.stderr)
        return done.stdout.decode()

    def test_bars_and_blocks_are_laid_out(self):
        text = (self.at / "r.html").read_text()
        self.write("measured.html", re.sub(r"<meta http-equiv[^>]*>", "", text).replace("</body>", MEASURE))
        dom = self.browse("--dump-dom", f"file://{self.at}/measured.html")
        measured = dict(line.split("=") for line in re.search(r'<pre id="measured">(.*?)</pre>', dom, re.S)[1].splitlines())
        boxes = {name: [tuple(map(int, box.split(","))) for box in value.split(";") if box] for name, value in measured.items() if name != "wide"}
        self.assertLessEqual(int(measured["wide"]), self.WIDTH)  # nothing to scroll sideways
        bars = boxes["svg.bar rect.whole"]
        self.assertGreater(len(bars), 30)
        self.assertGreater(max(width for _, _, width, _ in bars), 100)
        self.assertTrue(all(5 < height < 30 for _, _, width, height in bars if width))
        blocks = boxes["svg.map rect"]
        self.assertEqual(len(blocks), text.count("<rect", text.index('id="map"'), text.index("</svg>", text.index('id="map"'))))
        self.assertGreater(len(blocks), 15)
        self.assertEqual(len({(x, y) for x, y, _, _ in blocks}), len(blocks))  # none on another
        self.assertTrue(all(width > 8 and abs(width - height) <= 1 for _, _, width, height in blocks))
        self.assertGreater(sum(width for _, _, width, _ in boxes["svg.stack rect"]), self.WIDTH / 2)

    def test_colours_are_seen(self):
        self.browse("--screenshot=r.png", "--hide-scrollbars", f"file://{self.at}/r.html")
        found = {}
        for row in pixels(self.at / "r.png"):
            for colour in row:
                found[colour] = found.get(colour, 0) + 1
        part, whole, index = (0x2F, 0x6F, 0xD0), (0xBC, 0xD3, 0xF2), (0x44, 0x77, 0xAA)
        for colour in (part, whole, index):
            self.assertGreater(found.get(colour, 0), 300, f"{colour}")
        self.assertGreater(found[(255, 255, 255)], self.WIDTH * self.HEIGHT / 2)


if __name__ == "__main__":
    harness.run()
