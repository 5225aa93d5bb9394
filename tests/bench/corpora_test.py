"""bench/corpora: ratios and aims, what a recipe keeps, a corpus's digest, what is kept of slow peers, the made logs."""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))

import corpus_aims as aims
import corpus_maker
import corpus_packages
import corpus_recipes as recipes
import corpus_table
import made_logs
import peers


def result(size_bytes, pack, extract_cpu):
    return {"size_bytes": size_bytes, "pack": {"median": {"seconds": pack, "cpu_seconds": pack}},
            "extract": {"median": {"seconds": extract_cpu, "cpu_seconds": extract_cpu}}}


RESULTS = {"npk": result(59, 9, 0.5), "npk --max": result(36, 41, 2), aims.BASE: result(100, 10, 1),
           "tar | zstd -19 --long=27": result(80, 90, 1), "tar | xz -9": result(50, 80, 3), "7z -mx=9": result(48, 40, 3)}


class AimsTest(unittest.TestCase):
    def judge(self, name, kind="json", results=None):
        return aims.judge(kind, results or RESULTS, name, 300_000_000)

    def test_default_is_measured_against_zstd_9(self):
        judged = self.judge("npk")
        self.assertEqual((judged["size"].value, judged["size"].aim, judged["size"].met), (0.59, 0.60, True))
        self.assertEqual((judged["time"].value, judged["time"].met), (0.9, True))
        self.assertEqual((judged["extract"].value, judged["extract"].aim, judged["extract"].met), (600e6, 400e6, True))

    def test_max_is_measured_against_the_smallest_of_the_best_and_the_time_of_7z(self):
        judged = self.judge("npk --max")
        self.assertEqual((judged["size"].value, judged["size"].met), (0.75, True))
        self.assertEqual((judged["time"].value, judged["time"].met), (1.025, False))
        self.assertEqual(judged["extract"].met, False)

    def test_trees_of_source_have_half_the_time(self):
        self.assertEqual(self.judge("npk", "source")["time"].met, False)
        self.assertEqual(self.judge("npk", "source")["extract"].aim, 700e6)
        self.assertIsNone(self.judge("npk", "mixed")["size"].met)

    def test_a_peer_has_figures_but_no_aims(self):
        judged = self.judge("tar | xz -9")
        self.assertEqual((round(judged["size"].value, 4), judged["size"].aim, judged["size"].met), (1.0417, None, None))

    def test_without_one_of_the_best_there_is_no_verdict(self):
        partial = {name: value for name, value in RESULTS.items() if name != "tar | xz -9"}
        self.assertIsNone(self.judge("npk --max", results=partial)["size"].met)
        self.assertIsNone(self.judge("npk", results={"npk": RESULTS["npk"]})["size"].value)

    def test_every_kind_and_tool_that_is_named_exists(self):
        self.assertLessEqual({corpus.kind for corpus in recipes.CORPORA.values()}, set(aims.AIMS))
        self.assertLessEqual({aims.BASE, *aims.BEST_OF, aims.SLOWEST, *corpus_table.NPK}, {peer.name for peer in peers.PEERS})


class MakerTest(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="npk-corpora.")
        self.addCleanup(place.cleanup)
        self.at = pathlib.Path(place.name)

    def write(self, path, content):
        (self.at / path).parent.mkdir(parents=True, exist_ok=True)
        (self.at / path).write_bytes(content)

    def test_what_a_recipe_keeps(self):
        for path, content in (("p/a/one.json", b"{}"), ("p/two.json.gz", gzip.compress(b"[1]")), ("p/three.txt", b"no"), ("p/left/four.json", b"{}"),
                              ("p/broken.json.gz", b"not gzip"), ("p/empty.json", b"")):
            self.write(path, content)
        (self.at / "p/link.json").symlink_to("a/one.json")
        part = recipes.Part(recipes.DEBIAN, "p", ("*.json",), leave=("left/*",))
        self.assertEqual(corpus_maker.move_kept(self.at / "p", self.at / "out", part), (2, 5))
        self.assertEqual(corpus_maker.files_below(self.at / "out"), ["a/one.json", "two.json"])
        self.assertEqual((self.at / "out/two.json").read_bytes(), b"[1]")

    def test_only_what_begins_as_said(self):
        self.write("p/tool", b"\x7fELF" + bytes(100))
        self.write("p/script", b"#!/bin/sh\n" + bytes(100))
        part = recipes.Part(recipes.DEBIAN, "p", ("*",), starts=b"\x7fELF", least_bytes=50)
        self.assertEqual(corpus_maker.move_kept(self.at / "p", self.at / "out", part), (1, 104))

    def test_the_digest_is_that_of_what_sha256sum_prints(self):
        for path in ("tree/b", "tree/a/x", "tree/a.y"):
            self.write(path, path[5:].encode())
        digest, files, total = corpus_maker.tree_digest(self.at / "tree")
        printed = subprocess.run("find -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum", shell=True, cwd=self.at / "tree",
                                 capture_output=True, text=True, check=True).stdout
        self.assertEqual((digest, files, total), (printed.split()[0], 3, 7))

    def test_a_package_that_can_not_be_had_is_named(self):
        maker = corpus_maker.Maker(self.at)
        self.write("here", b"content")
        corpus = recipes.Corpus("some", "json", (recipes.Part(recipes.HERE, str(self.at / "here")), recipes.Part(recipes.HERE, "/nowhere/at/all")))
        manifest = maker.make(corpus)
        self.assertEqual((manifest["files"], manifest["bytes"], manifest["missing"]), (1, 7, ["/nowhere/at/all"]))
        self.assertEqual(corpus_maker.read_manifest(self.at, "some"), manifest)
        with self.assertRaises(corpus_packages.Missing):
            maker.make(recipes.Corpus("none", "json", (recipes.Part(recipes.HERE, "/nowhere/at/all"),)))

    def test_what_peers_did_is_kept_by_the_corpus(self):
        manifest = {"sha256": "aa", "corpus": "some", "bytes": 7, "files": 1}
        cache = corpus_table.Cache(self.at / "peers.json")
        cache.put(manifest, {"tool": "7z -mx=9", "size_bytes": 5})
        again = corpus_table.Cache(self.at / "peers.json")
        self.assertEqual(again.results(manifest)["7z -mx=9"]["size_bytes"], 5)
        self.assertEqual(again.results({"sha256": "bb"}), {})


class MadeLogsTest(unittest.TestCase):
    def text(self, kind, count):
        draw, world = made_logs.Draw(f"test/{kind}"), made_logs.World("test")
        return "".join(made_logs.lines_of(draw, world, kind, "web01", made_logs.FIRST_DAY, made_logs.FIRST_DAY + 86400, count))

    def test_the_same_bytes_each_time_for_every_kind(self):
        for kind in made_logs.KINDS:
            self.assertEqual(self.text(kind, 200), self.text(kind, 200))
            self.assertGreaterEqual(self.text(kind, 200).count("\n"), 200)

    def test_events_are_json_in_order_of_time(self):
        events = [json.loads(line) for line in self.text("events", 300).splitlines()]
        seconds = [event["ts"][:19] for event in events]
        self.assertEqual(seconds, sorted(seconds))

    def test_a_day_has_eight_thousand_files(self):
        with tempfile.TemporaryDirectory(prefix="npk-corpora.") as place:
            made_logs.make_days(pathlib.Path(place), 1)
            files = corpus_maker.files_below(pathlib.Path(place))
            self.assertEqual(len(files), made_logs.FILES_A_DAY)
            self.assertEqual({path.split("/")[0] for path in files}, {"2026-01-01"})


if __name__ == "__main__":
    unittest.main()
