"""npk gen: objects and trees by their seed; the factors as npk itself finds them; edits that append sees."""

import hashlib
import gzip
import os
import subprocess
import zlib

import harness
from harness import DONE, INPUT_OUTPUT, USAGE

CRC32C_TABLE = []
for number in range(256):
    for _ in range(8):
        number = number >> 1 ^ (0x82F63B78 if number & 1 else 0)
    CRC32C_TABLE.append(number)


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ CRC32C_TABLE[(value ^ byte) & 0xFF]
    return f"{value ^ 0xFFFFFFFF:08x}"


class Objects(harness.CommandTest):
    def object(self, *options):
        return self.npk("gen", "-q", *options, "-").stdout

    def test_same_seed_same_bytes(self):
        options = ("--size", "3000001", "--seed", "7", "--dedup", "1.5", "--compress", "2.5", "--block-size", "64K")
        first = self.object(*options)
        self.assertEqual(len(first), 3000001)
        for more in (("--threads", "1"), ("--threads", "5"), ("--chunk", "4096"), ("--chunk", "64M", "--threads", "2")):
            self.assertEqual(self.object(*options, *more), first, more)
        self.npk("gen", "-q", *options, "file")
        self.assertEqual((self.at / "file").read_bytes(), first)
        for kernel in ("scalar", "avx2", "avx512"):
            done = self.npk("gen", "-q", *options, "kernel", code=None, environment={"NPK_SYNTH_KERNEL": kernel})
            if done.returncode == DONE:
                self.assertEqual((self.at / "kernel").read_bytes(), first, kernel)
        self.npk("gen", "--size", "1", "x", code=USAGE, says="NPK_SYNTH_KERNEL", environment={"NPK_SYNTH_KERNEL": "abacus"})

    def npk(self, *arguments, code=DONE, **how):
        if code is not None:
            return super().npk(*arguments, code=code, **how)
        environment = {**os.environ, **how["environment"]}
        return subprocess.run([harness.NPK, *arguments], cwd=self.at, capture_output=True, env=environment, check=False)

    def test_unseeded_objects_differ_and_tell_their_seed(self):
        made = self.json("gen", "--json", "--size", "100", "a", "b")["outputs"]
        one, other = ((self.at / name).read_bytes() for name in "ab")
        self.assertNotEqual(one, other)
        for output, content in zip(made, (one, other)):
            self.assertEqual(len(output["seed"]), 32)
            self.assertEqual(self.object("--size", "100", "--seed", output["seed"]), content)
        self.assertNotEqual(self.json("gen", "--json", "--size", "100", "c")["outputs"][0]["seed"], made[0]["seed"])

    def test_sizes_are_exact(self):
        for size in (0, 1, 4095, 1048576, 1048577):
            self.assertEqual(len(self.object("--size", str(size), "--seed", "1", "--compress", "2", "--dedup", "2")), size)

    def test_report_and_checksum(self):
        line = self.npk("gen", "-q", "--size", "200000", "--seed", "5", "--checksum", "--dedup", "2", "--block-size", "4096", "x").stdout.decode()
        content = (self.at / "x").read_bytes()
        self.assertEqual(line, f"{crc32c(content)}  x\n")
        piped = self.npk("gen", "-q", "--size", "200000", "--seed", "5", "--checksum", "--dedup", "2", "--block-size", "4096", "-")
        self.assertEqual((piped.stdout, piped.stderr.decode()), (content, f"{crc32c(content)}  -\n"))
        report = self.json("gen", "--json", "--size", "200000", "--seed", "5", "--dedup", "2", "--block-size", "4096", "--verify", "y")
        self.assertEqual(report["format"], "npk-gen-1")
        output = report["outputs"][0]
        self.assertEqual((output["blocks"], output["unique_blocks"], output["crc32c"], output["verified"]), (49, 25, crc32c(content), True))
        blocks = {hashlib.sha256(content[at:at + 4096]).digest() for at in range(0, 48 * 4096, 4096)}
        self.assertEqual(len(blocks), 25)

    def test_compressed(self):
        options = ("--size", "2000000", "--seed", "5", "--compress", "4")
        plain = self.object(*options)
        self.assertEqual(gzip.decompress(self.object(*options, "--compression", "gzip")), plain)
        packed = self.object(*options, "--compression", "zstd", "--level", "19")
        self.assertLess(abs(len(packed) / len(plain) - 0.25), 0.01)
        self.assertEqual(subprocess.run(["zstd", "-dc"], input=packed, capture_output=True, check=True).stdout, plain)
        self.assertLess(abs(len(zlib.compress(plain)) / len(plain) - 0.25), 0.01)

    def test_direct(self):
        options = ("--size", "3000001", "--seed", "5")
        done = self.npk("gen", "-q", *options, "--direct", "d", code=None, environment={})
        if done.returncode == DONE:
            self.assertEqual((self.at / "d").read_bytes(), self.object(*options))
        else:
            self.assertIn(b"no direct I/O", done.stderr)

    def test_in_parts(self):
        options = ("--size", "3000001", "--seed", "5")
        for more in ((), ("--in-flight", "1"), ("--in-flight", "9"), ("--compression", "gzip")):
            self.npk("gen", "-q", *options, *more[:2] if more[:1] == ("--compression",) else (), "whole")
            self.npk("gen", "-q", *options, "--part-size", "64K", "--verify", *more, "parts")
            self.assertEqual((self.at / "parts").read_bytes(), (self.at / "whole").read_bytes())
        self.npk("gen", "-q", *options, "--part-size", "64K", "--package", "o.npk")
        self.npk("verify", "-q", "o.npk")
        for arguments in (("--part-size", "1K", "x"), ("--part-size", "1M", "-"), ("--part-size", "1M", "--direct", "x"), ("--in-flight", "2", "x"),
                          ("--files", "2", "--part-size", "1M", "x")):
            self.npk("gen", "--size", "1M", *arguments, code=USAGE)

    def test_wrong_lines(self):
        for arguments, says in ((("x",), "--size"), (("--size", "1"), "OUTPUT"), (("--size", "1", "--dedup", "0.5", "x"), "dedup"),
                                (("--size", "1", "--seed", "z", "x"), "--seed"),
                                (("--size", "1", "--depth", "2", "x"), "--depth"), (("--size", "1", "--files", "1", "--chunk", "1M", "x"), "--chunk"),
                                (("--size", "1", "--compression", "lz4", "x"), "--compression"), (("--size", "1", "-", "x"), "standard output"),
                                (("--size", "1", "--json", "-"), "--json"), (("--size", "1", "--level", "3", "x"), "level"),
                                (("--size", "1", "--compress", "x", "x"), "--compress"),
                                (("--files", "2", "--generation", "1", "--edit", "2", "x"), "--edit"), (("--files", "2", "-"), "directory"),
                                (("--files", "1", "--verify", "x"), "--verify")):
            self.npk("gen", *arguments, code=USAGE, says=says)
        self.assertEqual(os.listdir(self.at), [])

    def test_a_full_disk_is_an_error_and_leaves_nothing(self):
        self.npk("gen", "--size", "1M", "/dev/full", code=INPUT_OUTPUT, says="No space left")
        self.npk("gen", "--size", "1M", "absent/x", code=INPUT_OUTPUT, says="absent/x")
        self.assertEqual(os.listdir(self.at), [])

    # What pack finds is what was asked for: both factors, alone and together.
    def test_npk_finds_the_factors(self):
        for dedup, compress in ((1, 1), (2, 1), (1, 3), (2, 3), (4, 2), (1.5, 1.5)):
            self.npk("gen", "-q", "--size", "64M", "--seed", "9", "--dedup", str(dedup), "--compress", str(compress), "o")
            report = self.json("pack", "--json", "p.npk", "o")
            found = report["content_bytes"] / report["unique_bytes"]
            self.assertLess(abs(found / dedup - 1), 0.03, (dedup, compress, found))
            ratio = report["unique_bytes"] / report["stored_bytes"]
            self.assertLess(abs(ratio / compress - 1), 0.03, (dedup, compress, ratio))
            totals = self.npk("info", "p.npk").stdout.decode()
            whole = report["content_bytes"] / report["package_bytes"]
            self.assertIn(f"{whole:.2f} : 1", totals)
            self.assertLess(abs(whole / (dedup * compress) - 1), 0.05, (dedup, compress, whole))

    def test_packages_without_a_file_between(self):
        options = ("--size", "10000001", "--seed", "3", "--dedup", "2", "--compress", "2")
        content = self.object(*options)
        self.npk("gen", "-q", *options, "--package", "object.npk")
        self.assertEqual(self.lines("list", "object.npk"), ["object"])
        self.assertEqual(self.npk("cat", "object.npk", "object").stdout, content)
        self.npk("verify", "-q", "object.npk")
        self.write("q.npk", self.object(*options, "--package"))
        self.assertEqual((self.at / "q.npk").read_bytes(), (self.at / "object.npk").read_bytes())


class Trees(harness.CommandTest):
    SHAPE = ("--files", "500", "--size", "5000000", "--seed", "4", "--depth", "2", "--fan-out", "3", "--compress", "2")

    def tree(self, name, *options):
        self.npk("gen", "-q", *self.SHAPE, *options, name)
        return harness.describe(self.at / name)

    def test_counts_and_sum_are_exact(self):
        found = self.tree("t")
        files = [status for status in found.values() if status[2] or not status[0] & 0o040000]
        self.assertEqual((len(files), sum(status[2] for status in files), len(found) - len(files)), (500, 5000000, 12))

    def test_same_for_any_threads_and_as_a_package(self):
        found = self.tree("t", "--threads", "1")
        self.assertEqual(self.tree("u", "--threads", "4"), found)
        self.npk("gen", "-q", *self.SHAPE, "--package", "p.npk")
        self.npk("verify", "-q", "p.npk")
        self.npk("extract", "-q", "-C", "x", "p.npk")
        self.same_tree("t", "x")

    def test_edits_lead_from_generation_to_generation(self):
        self.tree("edited")
        for generation in (1, 2, 5):
            before = {1: 0, 2: 1, 5: 2}[generation]
            report = self.json("gen", "--json", *self.SHAPE, "--edit", str(before), "--generation", str(generation), "edited")["outputs"][0]
            self.assertGreater(report["files"] + report["moved_files"] + report["removed_files"], 0)
            self.assertLess(report["files"], 200)
            self.tree(f"g{generation}", "--generation", str(generation))
            self.same_tree("edited", f"g{generation}")

    # Append stores what is new, and no more; an unedited copy costs nothing.
    def test_append_stores_what_was_edited(self):
        self.npk("gen", "-q", "--files", "100", "--size", "20M", "--seed", "8", "t")
        self.npk("pack", "-q", "p.npk", "t")
        size = (self.at / "p.npk").stat().st_size
        self.npk("gen", "-q", "--files", "100", "--size", "20M", "--seed", "8", "--edit", "0", "--generation", "1", "--changed", "0.3", "--added", "0",
                 "--removed", "0.05", "t")
        self.npk("append", "-q", "p.npk", "t")
        added = (self.at / "p.npk").stat().st_size - size
        self.assertGreater(added, 0)
        self.assertLess(added, 0.3 * 20 * 1048576)
        self.npk("extract", "-q", "-C", "x", "p.npk")
        self.same_tree("t", "x/t")

    def test_copies_are_found(self):
        self.npk("gen", "-q", "--files", "400", "--size", "40M", "--sizes", "fixed", "--seed", "8", "--dedup", "4", "--compress", "3", "t")
        report = self.json("pack", "--json", "p.npk", "t")
        self.assertLess(abs(report["content_bytes"] / report["unique_bytes"] - 4), 0.05)
        self.assertLess(abs(report["unique_bytes"] / report["stored_bytes"] - 3), 0.1)

    def test_deep_chains_and_long_names(self):
        self.addCleanup(subprocess.run, ["rm", "-rf", self.at / "t"], check=True)  # deeper than Python goes
        self.npk("gen", "-q", "--files", "1500", "--size", "1500", "--seed", "1", "--directories", "1500", "--fan-out", "1", "--name-length", "255", "t")
        self.npk("pack", "-q", "p.npk", "t")
        self.assertEqual(len(self.lines("list", "p.npk")), 3000)
        self.npk("gen", "-q", "--files", "1500", "--size", "1500", "--seed", "1", "--directories", "1500", "--fan-out", "1", "--name-length", "255",
                 "--package", "q.npk")
        self.assertEqual(len(self.lines("list", "q.npk")), 2999)

    def test_a_file_in_the_way_is_an_error(self):
        self.tree("t")
        self.npk("gen", *self.SHAPE, "t", code=INPUT_OUTPUT, says="can't create")


if __name__ == "__main__":
    harness.run()
