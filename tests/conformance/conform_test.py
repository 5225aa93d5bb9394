#!/usr/bin/env python3
"""npk-conform: the command npk does all that the vectors say, the independent reader speaks the protocol, and what does wrong is told."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SPECIFICATION = pathlib.Path(__file__).resolve().parents[2] / "spec"
CONFORM = SPECIFICATION / "npk-conform"
READER = [sys.executable, "-B", SPECIFICATION / "vectors/gen/conform.py"]


def conform(*arguments):
    done = subprocess.run([sys.executable, "-B", CONFORM, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


class Conform(unittest.TestCase):
    def wrong(self, *arguments):
        code, out, error = conform("--json", *arguments)
        self.assertEqual(error, "")
        found = json.loads(out)["wrong"]
        self.assertEqual(code, 1 if found else 0)
        return found

    def script(self, text):
        file = tempfile.NamedTemporaryFile("w", suffix=".py", delete=False)
        self.addCleanup(os.unlink, file.name)
        with file:
            file.write(text)
        return [sys.executable, file.name]

    def test_the_command_npk(self):
        self.assertEqual(self.wrong("--npk", os.environ["NPK"]), {})

    def test_the_independent_reader(self):
        # vectors_test.py has that reader read all of them: here it is the protocol's verbs, keys and ways to end.
        for vectors in ("parts_m*", "sealed_reci*", "sealed_recov*", "all_kinds", "trailer_e*", "hostile_link_[a-d]*", "hostile_odd*"):
            self.assertEqual(self.wrong("--only", vectors, *READER), {})

    def test_the_independent_reader_extracts_the_same(self):
        for name in ("mixed", "all_kinds", "two_generations", "joined_chunk_pages", "recovered_manifests"):
            package = SPECIFICATION / f"vectors/{name}.npk"
            if not package.exists():
                continue
            with tempfile.TemporaryDirectory() as folder:
                for who, command in (("npk", [os.environ["NPK"], "extract", "-q", "-C", f"{folder}/npk", package]),
                                     ("reader", [*READER, "extract", package, f"{folder}/reader"])):
                    os.mkdir(f"{folder}/{who}")
                    subprocess.run(command, capture_output=True, check=False)
                for device in ("block", "character", "null"):
                    pathlib.Path(folder, "npk", device).unlink(missing_ok=True)
                done = subprocess.run(["diff", "-r", "--no-dereference", f"{folder}/npk", f"{folder}/reader"], capture_output=True, text=True, check=False)
                same = [line for line in done.stdout.splitlines() if "fifo" not in line]
                self.assertEqual((same, done.stderr), ([], ""), name)
                self.assertTrue(os.listdir(f"{folder}/reader"), name)

    def test_what_accepts_everything_is_told(self):
        accepts = self.script("print('{\"entries\": []}')")
        self.assertEqual(self.wrong("--only", "superblock_cut", *accepts), {"superblock_cut": [["verify", "accepted"], ["list", "accepted"]]})
        self.assertEqual(self.wrong("--only", "all_kinds", *accepts)["all_kinds"][0][0], "list")

    def test_what_refuses_everything_is_told(self):
        refuses = self.script("print('limit'); exit(1)")
        self.assertEqual(self.wrong("--only", "superblock_cut", *refuses), {"superblock_cut": [["verify", "refused as limit"], ["list", "refused as limit"]]})
        self.assertEqual(self.wrong("--only", "empty", *refuses)["empty"][0], ["verify", "refused as limit"])

    def test_a_crash_is_no_refusal(self):
        crashes = self.script("import os; os.abort()")
        self.assertIn("exit -6", self.wrong("--only", "superblock_cut", *crashes)["superblock_cut"][0][1])
        hangs = self.script("import time; time.sleep(60)")
        self.assertEqual(self.wrong("--timeout", "0.2", "--only", "superblock_cut", *hangs)["superblock_cut"][0][1], "takes too long")

    def test_wrong_content_is_told(self):
        lies = self.script(f"""
import json, subprocess, sys
done = subprocess.run([*{[str(part) for part in READER]}, *sys.argv[1:]], capture_output=True, text=True)
text = done.stdout
if sys.argv[1] == "list":
    document = json.loads(text)
    document["entries"][0]["digest"] = "0" * 64
    text = json.dumps(document)
print(text)
""")
        found = self.wrong("--only", "one_small_file", *lies)["one_small_file"]
        self.assertIn("digest", found[0][1])

    def test_table(self):
        code, out, _ = conform("--only", "trailer_g*", *READER)
        self.assertEqual((code, out.splitlines()[0].split()), (0, ["class", "vectors", "right", "wrong"]))
        self.assertEqual(out.splitlines()[-1].split()[0], "all")

    def test_mistakes(self):
        self.assertEqual(conform()[0], 2)
        self.assertEqual(conform("--only", "nothing", "true")[0], 2)


if __name__ == "__main__":
    unittest.main()
