"""The specification's vectors through `npk verify` and `npk list`: the exit code is that of each vector's class."""

import json
import pathlib

import harness
from harness import DAMAGED, DONE, NO_KEY

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "spec/vectors"


def code_of(failure_class):
    return {"ok": DONE, "no_key": NO_KEY}.get(failure_class, DAMAGED)


class Vectors(harness.CommandTest):
    def test_all(self):
        vectors = json.loads((VECTORS / "manifest.json").read_text())["vectors"]
        self.assertGreater(len(vectors), 300)
        for vector in vectors:
            with self.subTest(vector=vector["name"]):
                self.check(vector)

    def check(self, vector):
        path = VECTORS / vector["file"]
        if vector["class"] != "ok" and vector["stage"] == "extract":
            return
        code = DAMAGED if vector.get("recovered") else code_of(vector["class"])
        self.npk("verify", "--json", path, code=code)
        if vector["class"] == "ok":
            # Without any commit only what the manifests name is there: listed, with the exit code of damage.
            without_commit = "content_root" not in vector
            listed = self.json("list", "--json", path, code=DAMAGED if without_commit else DONE)["entries"]
            self.assertEqual(len(listed), len(vector["entries"]))
            digests = [entry["digest"] for entry in listed if "digest" in entry]
            self.assertEqual(digests, [entry["digest"] for entry in vector["entries"] if "digest" in entry])


if __name__ == "__main__":
    harness.run()
