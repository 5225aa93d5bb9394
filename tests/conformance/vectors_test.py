#!/usr/bin/env python3
"""The vectors of spec/vectors: made again byte for byte, counted, and read by the independent reader beside them."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "spec/vectors"
sys.path.insert(0, str(VECTORS / "gen"))

import age  # noqa: E402
import columns  # noqa: E402
import conform  # noqa: E402
import example  # noqa: E402
import ids  # noqa: E402
import integers  # noqa: E402
import make  # noqa: E402
import parse  # noqa: E402
import read  # noqa: E402
import sealed_package  # noqa: E402
from blake3 import derive, digest  # noqa: E402
from crc32c import crc32c  # noqa: E402
from failure import CLASSES  # noqa: E402

COUNT = 907
BY_CLASS = {"ok": 161, "corrupt": 584, "truncated": 34, "trailing_data": 15, "unsupported": 17, "limit": 31, "auth_failed": 44, "no_key": 21}
# The official BLAKE3 vectors (CC0), for the input 0, 1, …, 250, 0, …: length, hash, derived key.
BLAKE3 = [
    (0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262", "2cc39783c223154fea8dfb7c1b1660f2ac2dcbd1c1de8277b0b0dd39b7e50d7d"),
    (1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213", "b3e2e340a117a499c6cf2398a19ee0d29cca2bb7404c73063382693bf66cb06c"),
    (64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98", "a5c4a7053fa86b64746d4bb688d06ad1f02a18fce9afd3e818fefaa7126bf73e"),
    (2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030", "2ea477c5515cc3dd606512ee72bb3e0e758cfae7232826f35fb98ca1bcbdf273"),
    (3073, "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3", "72613c9ec9ff7e40f8f5c173784c532ad852e827dba2bf85b2ab4b76f7079081"),
    (102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085", "4652cff7a3f385a6103b5c260fc1593e13c778dbe608efb092fe7ee69df6e9c6"),
]
CONTEXT = "BLAKE3 2019-12-27 16:29:52 test vectors context"
# The examples of section 6.1.
COLUMNS = [
    ("constant", [1000, 1000], "02 E8 03"),
    ("frame_of_reference", [1000, 1003, 1001, 1007, 1000], "03 02 E8 03 58 0E"),
    ("delta", [100, 110, 119, 131], "01 64 02 01 12 31"),
    ("zero_run", [0, 0, 9, 0, 0, 0, 12, 0], "01 02 01 01 02 02 02 01 09 0C"),
]


def manifest():
    return json.loads((VECTORS / "manifest.json").read_text())


class Primitives(unittest.TestCase):
    def test_blake3(self):
        for length, expected, derived in BLAKE3:
            data = bytes(index % 251 for index in range(length))
            self.assertEqual(digest(data).hex(), expected)
            self.assertEqual(derive(CONTEXT, data).hex(), derived)

    def test_crc32c(self):
        self.assertEqual(crc32c(b"123456789"), 0xE3069283)

    def test_examples_of_integer_columns(self):
        for name, values, text in COLUMNS:
            self.assertEqual(columns.BY_NAME[name](values), bytes.fromhex(text), name)
            self.assertEqual(integers.decode_integers(ids.ENCODINGS[name], bytes.fromhex(text), len(values)), values, name)
        values = [7, 500, 7, 7, 500, 7, 500, 9000, 7]
        data = bytes.fromhex("01 02 01 07 00 02 DA 03 52 00 01 01 00 01 07 00 02 28 23")
        self.assertEqual(columns.dictionary(values, [7, 500]), data)
        self.assertEqual(integers.decode_integers(ids.ENCODINGS["dictionary"], data, len(values)), values)

    def test_integer_columns_round_trip(self):
        top = (1 << 64) - 1
        for values in ([5], [0, 0, 0, 1], [top, 0, top], [1 << 63, 3, 2, 1], list(range(0, 700, 7)), [0] * 9):
            for name, encode in columns.BY_NAME.items():
                if name != "constant" or len(set(values)) == 1:
                    self.assertEqual(integers.decode_integers(ids.ENCODINGS[name], encode(values), len(values)), values, name)


class Files(unittest.TestCase):
    def test_generator_makes_the_committed_files(self):
        outputs = make.outputs()
        for name, data in outputs.items():
            self.assertEqual((VECTORS / name).read_bytes(), data, f"{name}: run spec/vectors/gen/make.py")
        self.assertEqual({path.name for path in VECTORS.glob("*.npk*")} | {"manifest.json", "manifest.tsv"}, outputs.keys())

    def test_counts(self):
        vectors = manifest()["vectors"]
        self.assertEqual(manifest()["count"], COUNT)
        self.assertEqual(Counter(vector["class"] for vector in vectors), BY_CLASS)

    def test_flat_list_says_the_same(self):
        rows = [line.split("\t") for line in (VECTORS / "manifest.tsv").read_text().splitlines()[1:]]
        expected = [[it["name"], it["file"], it["class"], it["stage"], it.get("also", "-"), "recovered" if it.get("recovered") else "-",
                     it.get("identity", "-"), it.get("passphrase", "-")] for it in manifest()["vectors"]]
        self.assertEqual(rows, expected)

    def test_files_are_small(self):
        for path in VECTORS.glob("*.npk*"):
            several_segments = path.name.startswith("sealed_") and "segment" in path.name or path.name == "sealed_length_second_tag.npk"
            self.assertLess(path.stat().st_size, 140_000 if several_segments else 16_384, path.name)


class Specification(unittest.TestCase):
    def test_worked_example(self):
        section = example.section(example.SPECIFICATION.read_text())
        self.assertEqual(section.strip(), example.text().strip(), "run spec/vectors/gen/example.py --update")
        self.assertEqual(example.bytes_of(section), (VECTORS / "one_small_file.npk").read_bytes())

    def test_registry(self):
        text = (VECTORS.parent / "registry.md").read_text()
        tables = {"FrameType": ids.FRAME_TYPES, "CodecId": ids.CODECS, "ColumnEncoding": ids.ENCODINGS, "EntryKind": ids.KINDS,
                  "PageKind": ids.PAGES, "ColumnId": ids.COLUMNS, "SectionId": ids.SECTIONS}
        parts = re.split(r"<!-- enum: (\w+) -->", text)[1:]
        found = {name: {row: int(value) for row, value in re.findall(r"^\| (\w+) \| (\d+) \|$", body.split("\n## ")[0], re.M)}
                 for name, body in zip(parts[::2], parts[1::2])}
        self.assertEqual(found, tables)


class IndependentReader(unittest.TestCase):
    def outcomes(self):
        vectors = manifest()["vectors"]
        self.assertTrue(vectors)
        for vector in vectors:
            found, reader = read.outcome(VECTORS / vector["file"], keys_of(vector))
            yield vector, found, reader

    def test_every_vector(self):
        for vector, found, reader in self.outcomes():
            with self.subTest(vector["name"]):
                if vector["class"] == "ok":
                    self.check_readable(vector, found, reader)
                else:
                    self.check_failure(vector, found, reader)

    def check_readable(self, vector, found, reader):
        self.assertEqual(found and found[:2], ("verify", vector["verify_class"]) if vector.get("recovered") else None)
        self.assertEqual(reader.recovered, vector.get("recovered", False))
        document = conform.listing(reader)
        self.assertEqual(document["entries"], vector["entries"])
        for root in ("content_root", "storage_root"):
            self.assertEqual(document.get(root), vector.get(root))

    def check_failure(self, vector, found, reader):
        self.assertIsNotNone(found)
        stage, failure_class, message = found
        self.assertIn(failure_class, [vector["class"], *vector.get("also", "").split()], message)
        self.assertLessEqual(make.STAGES.index(stage), make.STAGES.index(vector["stage"]), message)
        for path in vector.get("intact", []):
            row = next(row for row in reader.entries() if row.path.decode() == path)
            self.assertTrue(reader.content(row))

    def test_every_class_has_vectors(self):
        found = {vector["class"] for vector in manifest()["vectors"]}
        self.assertEqual(found, {"ok", *CLASSES})

    def test_any_changed_byte_of_a_sealed_package_is_noticed(self):
        vector = next(vector for vector in manifest()["vectors"] if vector["name"] == "sealed_aes256gcm")
        data = (VECTORS / vector["file"]).read_bytes()
        for at in range(0, len(data), 5):
            changed = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1:]
            self.assertIsNotNone(read.outcome(changed, keys_of(vector))[0], f"byte {at}")

    def test_command(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, option, text in (("sealed_recipients", "-i", "# a comment\n\n{identity}\n"),
                                       ("sealed_passphrase", "--passphrase-file", "{passphrase}\n")):
                vector = next(vector for vector in manifest()["vectors"] if vector["name"] == name)
                file = pathlib.Path(folder, name)
                file.write_text(text.format(**vector))
                for arguments, expected in (([option, file], "ok"), ([], "no_key")):
                    done = subprocess.run([sys.executable, "-B", VECTORS / "gen/read.py", "--stage", *arguments, VECTORS / vector["file"]],
                                          capture_output=True, text=True, check=False)
                    self.assertIn(expected, done.stdout.split()[:2], done.stderr)

    def test_any_changed_byte_is_noticed(self):
        data = (VECTORS / "one_small_file.npk").read_bytes()
        for at in range(0, len(data), 7):
            changed = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1:]
            self.assertIsNotNone(read.outcome(changed)[0], f"byte {at}")

    def test_every_shorter_package_is_noticed(self):
        data = (VECTORS / "one_small_file.npk").read_bytes()
        for length in range(0, len(data), 13):
            found, _ = read.outcome(data[:length])
            self.assertEqual(found and found[1], "truncated", f"{length} bytes")


def keys_of(vector):
    passphrase = vector["passphrase"].encode() if "passphrase" in vector else None
    return read.make_keys(vector.get("identity"), passphrase)


class StockAge(unittest.TestCase):
    """The `age` command, which shares no code with the generator, knows its keys and opens its envelopes."""

    def test_keys(self):
        for secret in (sealed_package.OURS, sealed_package.SECOND, sealed_package.STRANGER):
            done = subprocess.run(["age-keygen", "-y"], input=age.identity_text(secret).encode() + b"\n", capture_output=True, check=True)
            self.assertEqual(done.stdout.decode().strip(), age.recipient_text(secret))

    def test_envelopes(self):
        for name in ("sealed_aes256gcm", "sealed_recipients", "sealed_unknown_stanzas"):
            vector = next(vector for vector in manifest()["vectors"] if vector["name"] == name)
            data = (VECTORS / vector["file"]).read_bytes()
            block = parse.superblock(data)
            _, body = parse.frame(data[96:], block.tag, True)
            with tempfile.NamedTemporaryFile() as identity:
                identity.write(vector["identity"].encode() + b"\n")
                identity.flush()
                done = subprocess.run(["age", "-d", "-i", identity.name], input=body, capture_output=True, check=False)
            self.assertEqual(done.stdout, age.open_file(body, keys_of(vector)), done.stderr)
            self.assertEqual(done.stdout[:24], b"NPKKEYS1" + block.id)


if __name__ == "__main__":
    unittest.main()
