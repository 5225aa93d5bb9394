"""npk protect, npk repair, npk pack --recovery."""

import os
import pathlib

import harness
from harness import DAMAGED, INPUT_OUTPUT, USAGE

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "spec/vectors"


class Parity(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.small_tree()
        self.write("tree/noise", os.urandom(60_000))
        self.npk("pack", "-q", "--recovery", "10", "p.npk", "tree")
        self.whole = (self.at / "p.npk").read_bytes()

    def damage(self, at, length):
        self.write("d.npk", self.whole[:at] + bytes(length) + self.whole[at + length:])

    def test_a_burst(self):
        length = len(self.whole) // 10
        for at in (0, 20_000, len(self.whole) - length):
            self.damage(at, length)
            self.npk("repair", "-o", "m.npk", "d.npk", says="mended in")
            self.assertEqual((self.at / "m.npk").read_bytes(), self.whole)
        self.npk("verify", "m.npk")

    def test_missing_sectors_and_a_cut_tail(self):
        for damaged in (self.whole[:10_000] + self.whole[11_024:], self.whole[:-3000]):
            self.write("d.npk", damaged)
            self.npk("repair", "-q", "-o", "m.npk", "d.npk")
            self.assertEqual((self.at / "m.npk").read_bytes(), self.whole)

    def test_more_than_it_bears(self):
        self.damage(1000, len(self.whole) // 2)
        self.npk("repair", "-o", "m.npk", "d.npk", code=DAMAGED, says="can't be mended")
        self.assertFalse((self.at / "m.npk").exists())
        report = self.json("repair", "--json", "--keep-damaged", "-o", "m.npk", "d.npk", code=DAMAGED)
        self.assertFalse(report["ok"])
        self.assertTrue(report["written"])
        self.assertEqual(report["lost_bytes"], sum(lost["length"] for lost in report["lost"]))
        self.assertTrue((self.at / "m.npk").exists())

    def test_reports(self):
        self.damage(5000, 10)
        report = self.json("repair", "--json", "-o", "m.npk", "d.npk")
        self.assertEqual((report["format"], report["ok"], len(report["mended"]), report["package_bytes"]), ("npk-repair-1", True, 1, len(self.whole)))
        info = self.json("info", "--json", "p.npk")
        self.assertEqual(len(info["protections"]), 1)
        self.assertEqual(sum(info["bytes"].values()), len(self.whole))
        self.assertIn("shards of", self.npk("info", "p.npk").stdout.decode())
        packed = self.json("pack", "--json", "--recovery", "20", "q.npk", "tree")
        self.assertEqual(packed["package_bytes"], (self.at / "q.npk").stat().st_size)
        self.assertGreater(packed["parity_bytes"], 12_000)

    def test_what_is_added_is_protected_again(self):
        self.npk("protect", "p.npk", says="protected already")
        self.write("more", os.urandom(5000))
        self.npk("append", "-q", "p.npk", "more")
        report = self.json("protect", "--json", "--recovery", "30", "p.npk")
        self.assertEqual(report["package_bytes"], (self.at / "p.npk").stat().st_size)
        self.assertGreater(report["protected_bytes"], 5000)
        self.npk("verify", "p.npk")
        self.assertEqual(len(self.json("info", "--json", "p.npk")["protections"]), 2)

    def test_mistakes(self):
        self.npk("pack", "--recovery", "10", "-", "tree", code=USAGE, says="--recovery reads the package once more")
        self.npk("pack", "--recovery", "0", "q.npk", "tree", code=USAGE, says="--recovery")
        self.npk("pack", "--recovery", "91", "q.npk", "tree", code=USAGE, says="--recovery")
        self.assertFalse((self.at / "q.npk").exists())
        os.mkfifo(self.at / "fifo")
        self.npk("pack", "--recovery", "10", "fifo", "tree", code=USAGE, says="not a regular file")
        self.npk("protect", "--recovery", "x", "p.npk", code=USAGE)
        self.npk("protect", "absent.npk", code=INPUT_OUTPUT)
        self.npk("protect", "tree/a.txt", code=DAMAGED)
        self.npk("repair", "p.npk", code=USAGE, says="-o OUTPUT is missing")
        self.npk("repair", "-o", "p.npk", "p.npk", code=USAGE, says="in place")
        self.npk("pack", "-q", "plain.npk", "tree")
        self.npk("repair", "-o", "m.npk", "plain.npk", code=DAMAGED, says="npk protect")
        self.assertEqual((self.at / "p.npk").read_bytes(), self.whole)

    def test_damage_is_not_protected(self):
        self.npk("pack", "-q", "plain.npk", "tree")
        plain = (self.at / "plain.npk").read_bytes()
        broken = plain[:200] + bytes([plain[200] ^ 1]) + plain[201:]
        self.write("plain.npk", broken)
        self.npk("protect", "plain.npk", code=DAMAGED)
        self.assertEqual((self.at / "plain.npk").read_bytes(), broken)

    def test_vectors_made_by_another_program(self):
        for name in ("parity", "parity_groups", "parity_one_data_shard", "parity_twice", "parity_sealed"):
            self.whole = (VECTORS / f"{name}.npk").read_bytes()
            for at in range(0, len(self.whole) - 60, 400):
                self.damage(at, 60)
                self.npk("repair", "-q", "-o", "m.npk", "d.npk")
                self.assertEqual((self.at / "m.npk").read_bytes(), self.whole, f"{name} at {at}")


if __name__ == "__main__":
    harness.run()
