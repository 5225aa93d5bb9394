"""npk compact and npk purge: what stays, what is gone, what they say, and that they are stopped without harm."""

import os
import random
import signal
import subprocess
import time

import harness
from harness import DAMAGED, INPUT_OUTPUT, NPK, SOME_FAILED, USAGE

DAY = 86400


class Rewritten(harness.CommandTest):
    """Ten days, a generation each; 1970-01-01 was a Thursday."""

    def setUp(self):
        super().setUp()
        for day in range(10):
            self.write("t/daily", f"day {day}\n" * 500)
            self.write(f"t/of/{day}", f"only {day} " + "x" * day)
            self.write("t/secret/key", f"the secret of {day} is 471100{day}")
            verb = ["append", "-q", "--checksum"] if day else ["pack", "-q"]
            self.npk(*verb, "--message", f"day {day}", "p.npk", "t", environment={"SOURCE_DATE_EPOCH": str(day * DAY + 3600)})

    def package(self, name="p.npk"):
        return (self.at / name).read_bytes()

    def generations(self, name="p.npk"):
        return [entry["generation"] for entry in self.json("log", "--json", name)["generations"]]


class Compact(Rewritten):
    def test_rules(self):
        before = self.package()
        for options, kept in ((["--keep-last", "2"], [10, 9]), (["--keep-weekly", "5"], [10, 4]), (["--keep-within", "2d"], [10, 9, 8]),
                              (["--keep-daily", "2", "--keep-generation", "3", "--keep-generation", "1"], [10, 9, 3, 1]), ([], list(range(10, 0, -1)))):
            self.npk("compact", "-q", *options, "-o", "q.npk", "p.npk")
            self.assertEqual(self.generations("q.npk"), kept)
            self.npk("verify", "-q", "q.npk")
            self.assertEqual(self.npk("cat", "--at", str(kept[-1]), "q.npk", "t/daily").stdout, f"day {kept[-1] - 1}\n".encode() * 500)
        self.assertEqual(self.package(), before)

    def test_what_is_dropped_is_gone(self):
        before = len(self.package())
        report = self.json("compact", "--json", "--keep-last", "1", "--keep-generation", "4", "p.npk")
        self.assertEqual([item["generation"] for item in report["generations"] if item["kept"]], [10, 4])
        self.assertEqual((report["old_bytes"], report["package_bytes"]), (before, len(self.package())))
        self.assertLess(report["package_bytes"], before)
        self.assertGreater(report["dropped_chunks"], 0)
        self.npk("list", "--at", "7", "p.npk", code=USAGE, says="between 4 and 10 none is kept")
        self.npk("list", "--at", "2", "p.npk", code=USAGE, says="the oldest in the package is 4")
        self.npk("extract", "-q", "-C", "out", "-", stdin=self.package())
        subprocess.run(["diff", "-r", self.at / "t", self.at / "out/t"], check=True)  # times: those of SOURCE_DATE_EPOCH

    def test_a_dry_run_says_why(self):
        before = self.package()
        lines = self.lines("compact", "-n", "--keep-last", "1", "--keep-weekly", "2", "p.npk", says="would be freed")
        self.assertEqual(len(lines), 10)
        self.assertIn("keep      10  1970-01-10T01:00:00", lines[0])
        self.assertIn("(last, weekly)", lines[0])
        self.assertTrue(lines[1].startswith("drop "), lines[1])
        self.assertEqual(self.package(), before)

    def test_days_of_the_time_zone(self):
        self.npk("compact", "-q", "--keep-weekly", "2", "-o", "q.npk", "p.npk", environment={"TZ": "XXX+2"})
        self.assertEqual(self.generations("q.npk"), [10, 5])

    def test_mistakes(self):
        before = self.package()
        self.npk("compact", "--keep-generation", "11", "p.npk", code=USAGE, says="no generation 11")
        self.npk("compact", "--keep-generation", "x", "p.npk", code=USAGE, says="--keep-generation")
        for within in ("", "1", "y", "1y1y", "5 d", "99999999999d", "10000y"):
            self.npk("compact", f"--keep-within={within}", "p.npk", code=USAGE)
        self.npk("compact", "--keep-last", "0", "p.npk", code=USAGE)
        self.npk("compact", "--pad", "p.npk", code=USAGE, says="sealed")
        self.npk("compact", code=USAGE)
        self.npk("compact", "nothing.npk", code=INPUT_OUTPUT)
        self.assertEqual(self.package(), before)

    def test_killed_anywhere_there_is_one_of_the_two(self):
        self.write("t/large", random.Random(3).randbytes(48 << 20))
        self.npk("append", "-q", "p.npk", "t")
        first = self.package()
        draw = random.Random(4)
        for hit in [signal.SIGKILL] * 6 + [signal.SIGINT] * 3:
            self.write("p.npk", first)
            run = subprocess.Popen([NPK, "compact", "-q", "--keep-last", "1", "p.npk"], cwd=self.at, stderr=subprocess.DEVNULL)
            time.sleep(draw.random() * 0.2)
            run.send_signal(hit)
            run.wait()
            self.npk("verify", "-q", "--quick", "p.npk")
            self.assertIn(len(self.generations()), (1, 11))
            left = [name for name in os.listdir(self.at) if name.startswith(".p.npk.npk-")]
            self.assertFalse(left and hit == signal.SIGINT, left)
            for name in left:
                (self.at / name).unlink()

    def test_a_full_disk_leaves_the_package(self):
        self.write("t/large", os.urandom(3 << 20))
        self.npk("append", "-q", "p.npk", "t")
        before = self.package()
        limited = f"ulimit -f 1024; trap '' XFSZ; exec {NPK} compact -q p.npk"
        done = subprocess.run(["bash", "-c", limited], cwd=self.at, capture_output=True, check=False)
        self.assertEqual(done.returncode, INPUT_OUTPUT, done.stderr)
        self.assertEqual(self.package(), before)

    def test_damage_stops_it(self):
        package = bytearray(self.package())
        package[len(package) // 3] ^= 1
        self.write("p.npk", bytes(package))
        if self.npk("verify", "-q", "p.npk", code=DAMAGED):
            self.npk("compact", "-q", "--keep-last", "10", "-o", "q.npk", "p.npk", code=DAMAGED)
        self.assertFalse((self.at / "q.npk").exists())


class Purge(Rewritten):
    def test_it_is_nowhere(self):
        report = self.json("purge", "--json", "p.npk", "t/secret")
        self.assertEqual((report["generations"], report["changed_generations"]), (10, 10))
        for at in range(1, 11):
            self.assertFalse([name for name in self.lines("list", "--at", str(at), "p.npk") if "secret" in name])
            self.npk("verify", "-q", "--at", str(at), "p.npk")
            self.assertEqual(self.npk("cat", "--at", str(at), "p.npk", "t/daily").stdout, f"day {at - 1}\n".encode() * 500)
        self.assertNotIn(b"secret", self.package())
        self.assertIn("entries were purged since", "\n".join(self.lines("info", "p.npk")))
        self.assertFalse(self.json("info", "--json", "p.npk")["records"][0]["same_content"])

    def test_a_glob_that_fits_nothing(self):
        before = self.package()
        self.npk("purge", "p.npk", "t/secret", "t/nothing", code=SOME_FAILED, says="'t/nothing' fits no entry of any generation")
        self.npk("purge", "p.npk", code=USAGE, says="no glob is given")
        self.npk("purge", "-n", "p.npk", "t/of/3", says="7 of 10 generations would change")
        self.assertEqual(self.package(), before)

    def test_a_message_that_names_it(self):
        self.write("t/daily", "last")
        self.npk("append", "-q", "--checksum", "--message", "without t/secret/key soon", "p.npk", "t")
        self.npk("purge", "p.npk", "t/secret/*", code=SOME_FAILED, says="stands in a message, which stays: of generation 11")
        self.npk("verify", "-q", "p.npk")


if __name__ == "__main__":
    harness.run()
