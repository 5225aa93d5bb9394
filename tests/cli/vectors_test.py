"""The specification's vectors through `npk verify` and `npk list`: the exit code is that of each vector's class."""

import json
import os
import pathlib
import subprocess

import harness
from harness import DAMAGED, DONE, NO_KEY

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "spec/vectors"


def codes_of(vector):
    """What `verify` may exit with. A key that only some frame lacks is damage to it."""
    if vector.get("recovered"):
        return {DAMAGED}
    first = {"ok": DONE, "no_key": NO_KEY if vector["stage"] == "open" else DAMAGED}.get(vector["class"], DAMAGED)
    return {first, DAMAGED} if "also" in vector else {first}


class Vectors(harness.CommandTest):
    def test_all(self):
        vectors = json.loads((VECTORS / "manifest.json").read_text())["vectors"]
        self.assertGreater(len(vectors), 600)
        for vector in vectors:
            with self.subTest(vector=vector["name"]):
                self.check(vector)

    def run_with_key(self, verb, vector, codes):
        """npk VERB --json, with the identity in a file or the passphrase from a pipe."""
        options, descriptors = [], []
        if "identity" in vector:
            options = ["-i", self.write("identity", vector["identity"] + "\n")]
        if "passphrase" in vector:
            reading, writing = os.pipe()
            os.write(writing, vector["passphrase"].encode())
            os.close(writing)
            options, descriptors = ["--passphrase-fd", str(reading)], [reading]
        done = subprocess.run([harness.NPK, verb, "--json", *options, VECTORS / vector["file"]], stdin=subprocess.DEVNULL, capture_output=True,
                              pass_fds=descriptors, timeout=300, check=False)
        for descriptor in descriptors:
            os.close(descriptor)
        self.assertIn(done.returncode, codes, done.stderr)
        return done

    def check(self, vector):
        if vector["class"] != "ok" and vector["stage"] == "extract":
            return
        self.run_with_key("verify", vector, codes_of(vector))
        if vector["class"] == "ok":
            # Without any commit only what the manifests name is there: listed, with the exit code of damage.
            without_commit = "content_root" not in vector
            listed = json.loads(self.run_with_key("list", vector, {DAMAGED if without_commit else DONE}).stdout)["entries"]
            self.assertEqual(len(listed), len(vector["entries"]))
            digests = [entry["digest"] for entry in listed if "digest" in entry]
            self.assertEqual(digests, [entry["digest"] for entry in vector["entries"] if "digest" in entry])


if __name__ == "__main__":
    harness.run()
