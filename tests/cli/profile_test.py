"""--profile: what it writes, read back in each form."""

import csv
import io
import json
import random
import subprocess

import harness
from harness import DAMAGED, DONE, INPUT_OUTPUT, SOME_FAILED, USAGE

COLUMNS = ["stage", "codec", "level", "calls", "bytes_in", "bytes_out", "ratio", "seconds", "processor_seconds", "waiting_seconds", "share_percent",
           "entropy_bits_per_byte", "memory_bytes"]


class Profiles(harness.CommandTest):
    def setUp(self):
        super().setUp()
        words = [b"alpha ", b"beta\n", b"gamma", b"delta: "]
        source = random.Random(2)
        self.write("tree/text", b"".join(source.choices(words, k=300_000)))
        self.write("tree/again", (self.at / "tree/text").read_bytes())
        self.write("tree/noise", source.randbytes(300_000))
        for number in range(20):
            self.write(f"tree/small/{number}", f"{number}\n" * number)
        self.content_bytes = sum(path.stat().st_size for path in (self.at / "tree").rglob("*") if path.is_file())

    def profile(self, *arguments, name="profile.json", **how):
        self.npk(*arguments, "--profile", name, **how)
        return json.loads((self.at / name).read_text())

    def check_sums(self, profile, operation):
        self.assertEqual(profile["format"], "npk-profile-1")
        self.assertEqual(profile["operation"], operation)
        layers = profile["layers"]
        self.assertAlmostEqual(sum(layer["share_percent"] for layer in layers), 100)
        self.assertAlmostEqual(sum(layer["seconds"] for layer in layers), profile["layer_seconds"])
        for layer in layers:
            self.assertGreaterEqual(layer["calls"], 1)
            self.assertLessEqual(layer["longest_call_seconds"], layer["seconds"])
            self.assertLessEqual(layer["waiting_seconds"], layer["seconds"])
            if layer["ratio"] is not None:
                self.assertAlmostEqual(layer["ratio"], layer["bytes_in"] / layer["bytes_out"])
        slowest = max(layers, key=lambda layer: layer["seconds"])
        self.assertEqual(profile["bottleneck"]["layer"], slowest["name"])
        share = 100 * slowest["seconds"] / profile["layer_seconds"]
        levels = [(60.001, "critical"), (30.001, "significant"), (10.001, "moderate"), (0, "minor")]
        if all(abs(share - edge) > 0.01 for edge in (10, 30, 60)):
            self.assertEqual(profile["bottleneck"]["level"], next(name for least, name in levels if share > least))
        self.assertIn(slowest["name"], profile["bottleneck"]["advice"])
        self.assertGreater(profile["peak_memory_bytes"], 1_000_000)
        return {layer["name"]: layer for layer in layers}

    def test_pack(self):
        profile = self.profile("pack", "-q", "p.npk", "tree")
        layers = self.check_sums(profile, "pack")
        self.assertEqual(profile["bytes_in"], self.content_bytes)
        self.assertEqual(profile["bytes_out"], (self.at / "p.npk").stat().st_size)
        self.assertEqual(layers["read"]["bytes_in"], self.content_bytes)
        self.assertEqual(layers["write"]["bytes_out"], profile["bytes_out"])
        self.assertGreater(profile["deduplication"]["chunk_hits"], 0)
        totals = self.json("info", "--json", "p.npk")["totals"]
        self.assertEqual(profile["deduplication"]["chunk_misses"], totals["chunks"])
        self.assertEqual(layers["deduplicate"]["bytes_out"], totals["unique_bytes"])
        compress = next(layer for layer in profile["layers"] if layer["stage"] == "compress")
        self.assertEqual((compress["codec"], compress["level"] > 1), ("zstd", True))
        self.assertTrue(0 < compress["entropy_bits_per_byte"] < 8)
        self.assertGreater(compress["memory_bytes"], 0)

    def test_the_same_bytes_with_and_without(self):
        self.npk("pack", "-q", "--reproducible", "one.npk", "tree")
        self.npk("pack", "-q", "--reproducible", "--threads", "3", "--profile", "p.json", "two.npk", "tree")
        self.assertEqual((self.at / "one.npk").read_bytes(), (self.at / "two.npk").read_bytes())

    def test_codecs_and_threads(self):
        layers = self.check_sums(self.profile("pack", "-q", "--codec", "lzma2", "--level", "1", "--threads", "1", "p.npk", "tree"), "pack")
        self.assertIn("compress (lzma2 1)", layers)
        layers = self.check_sums(self.profile("extract", "-q", "-C", "out", "p.npk"), "extract")
        self.assertIn("decompress (lzma2)", layers)

    def test_extract_from_a_file_and_from_a_pipe(self):
        self.npk("pack", "-q", "p.npk", "tree")
        profile = self.profile("extract", "-q", "-C", "out", "p.npk")
        layers = self.check_sums(profile, "extract")
        self.assertEqual(profile["bytes_out"], self.content_bytes)
        self.assertEqual(layers["restore"]["bytes_in"], self.content_bytes)
        piped = self.profile("extract", "-q", "-C", "piped", "-", stdin=(self.at / "p.npk").read_bytes())
        self.check_sums(piped, "extract")
        self.assertEqual(piped["bytes_in"], (self.at / "p.npk").stat().st_size)
        self.assertEqual(piped["bytes_out"], self.content_bytes)
        self.same_tree("out/tree", "tree")

    def test_verify_and_append(self):
        self.npk("pack", "-q", "p.npk", "tree")
        layers = self.check_sums(self.profile("verify", "-q", "p.npk"), "verify")
        self.assertIn("check_chunks", layers)
        self.write("tree/new", "new" * 1000)
        report = self.json("append", "-q", "--json", "--profile", "a.json", "p.npk", "tree")
        profile = json.loads((self.at / "a.json").read_text())
        self.check_sums(profile, "append")
        self.assertEqual(profile["bytes_in"], report["input_bytes"])
        self.assertEqual(profile["bytes_out"], report["added_bytes"])

    def test_sealed(self):
        self.write("words", "a long passphrase\n")
        shell = f"exec {harness.NPK} pack -q --passphrase-fd 3 --profile p.json p.npk tree 3<words"
        done = subprocess.run(["bash", "-c", shell], cwd=self.at, check=False)
        self.assertEqual(done.returncode, DONE)
        layers = self.check_sums(json.loads((self.at / "p.json").read_text()), "pack")
        self.assertGreater(layers["encrypt"]["bytes_out"], layers["encrypt"]["bytes_in"])

    def test_standard_input(self):
        profile = self.profile("pack", "-q", "p.npk", "-", stdin=b"line\n" * 500_000)
        self.check_sums(profile, "pack")
        self.assertEqual(profile["bytes_in"], 2_500_000)

    def test_csv(self):
        self.npk("pack", "-q", "p.npk", "tree", "--profile", "p.csv")
        text = (self.at / "p.csv").read_text()
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(text.splitlines()[0].split(","), COLUMNS)
        self.assertEqual(rows[-1]["stage"], "total")
        self.assertEqual(int(rows[-1]["bytes_in"]), self.content_bytes)
        self.assertEqual(int(rows[-1]["bytes_out"]), (self.at / "p.npk").stat().st_size)
        self.assertAlmostEqual(sum(float(row["share_percent"]) for row in rows[:-1]), 100)
        for row in rows:
            self.assertGreaterEqual(float(row["seconds"]), 0)

    def test_text(self):
        self.npk("pack", "-q", "p.npk", "tree", "--profile", "p.txt")
        lines = (self.at / "p.txt").read_text().splitlines()
        head, table = lines[: lines.index("")], lines[lines.index("") + 1 :]
        self.assertTrue(any(line.startswith("bottleneck") for line in head))
        stages = [line.split()[0] for line in table[1:]]
        self.assertEqual(stages[0], "scan")
        self.assertEqual(stages[-1], "sync")
        shares = [float(part) for line in table[1:] for part, unit in zip(line.split(), line.split()[1:]) if unit == "%"]
        self.assertAlmostEqual(sum(shares), 100, places=5)

    def test_trace(self):
        for name in ("p.trace.json", "p.trace"):
            trace = self.profile("pack", "-q", "p.npk", "tree", name=name)
            self.assertEqual(trace["otherData"]["slices_dropped"], 0)
            events = trace["traceEvents"]
            named = {event["tid"] for event in events if event["name"] == "thread_name"}
            slices = [event for event in events if event["ph"] == "X"]
            self.assertTrue({"scan", "read", "compress", "write", "sync"} <= {event["cat"] for event in slices})
            self.assertEqual({event["tid"] for event in slices}, named)
            for thread in named:  # what a viewer needs: on a thread slices lie within each other or apart
                ends = []
                for event in (event for event in slices if event["tid"] == thread):
                    while ends and ends[-1] <= event["ts"] + 1e-6:
                        ends.pop()
                    end = event["ts"] + event["dur"]
                    self.assertTrue(not ends or end <= ends[-1] + 1e-3, event)
                    ends.append(end)

    def test_other_endings_are_refused_before_the_work(self):
        for name in ("profile", "profile.xml", "json"):
            self.npk("pack", "-q", "p.npk", "tree", "--profile", name, code=USAGE, says="--profile")
        self.assertFalse((self.at / "p.npk").exists())
        self.npk("pack", "-q", "p.json", "tree", "--profile", "./p.json", code=USAGE, says="is the package")

    def test_only_when_complete(self):
        self.write("old.json", "old")
        self.npk("pack", "-q", "p.npk", "tree", "missing", "--profile", "old.json", code=SOME_FAILED)
        self.assertNotEqual((self.at / "old.json").read_text(), "old")  # the rest was packed
        self.write("old.json", "old")
        self.write("no.npk", "no package")
        self.npk("extract", "-q", "no.npk", "--profile", "old.json", code=DAMAGED)
        self.assertEqual((self.at / "old.json").read_text(), "old")
        self.npk("pack", "-q", "p.npk", "tree", "--profile", "none/p.json", code=INPUT_OUTPUT, says="none")
        self.assertEqual([path.name for path in self.at.glob(".*npk*")], [])


if __name__ == "__main__":
    harness.run()
