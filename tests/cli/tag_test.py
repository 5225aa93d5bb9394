"""npk tag and npk comment, metadata of packages, and --tag on list and extract."""

import harness
from harness import SOME_FAILED, USAGE


class Tag(harness.CommandTest):
    def setUp(self):
        super().setUp()
        for name in ("a", "d/b", "d/c"):
            self.write(f"t/{name}", name)
        self.npk("pack", "-q", "--name", "example", "--package-version", "1", "--vendor", "org.example", "--tag", "stage=new", "p.npk", "t")

    def test_metadata_from_generation_to_generation(self):
        self.assertEqual(self.json("info", "--json", "p.npk")["metadata"],
                         {"name": "example", "tag.stage": "new", "vendor": "org.example", "version": "1"})
        self.npk("tag", "-q", "p.npk", "--package-version", "2", "--vendor", "", "--application", "viewer")
        self.npk("append", "-q", "--comment", "appended", "p.npk", "t")
        self.assertEqual(self.json("info", "--json", "p.npk")["metadata"],
                         {"application": "viewer", "comment": "appended", "name": "example", "tag.stage": "new", "version": "2"})
        self.assertEqual(self.json("info", "--json", "--at", "1", "p.npk")["metadata"]["version"], "1")
        self.assertIn("version       2", self.lines("info", "p.npk"))
        self.npk("verify", "-q", "p.npk")

    def test_tags_are_inherited_and_choose(self):
        self.npk("tag", "-q", "p.npk", "t/d", "--set", "owner=ann", "--set", "stage=")
        self.npk("tag", "-q", "p.npk", "t/d/c", "--set", "owner=bob")
        self.assertEqual(self.lines("tag", "p.npk"), ["stage=new"])
        self.assertEqual(self.lines("tag", "p.npk", "t/d"), ["owner=ann", "stage="])
        self.assertEqual(self.lines("tag", "--inherited", "p.npk", "t/d/b"), ["owner=ann"])
        self.assertEqual(self.lines("tag", "--inherited", "p.npk", "t/a", "t/d/c"), ["t/a: stage=new", "t/d/c: owner=bob"])
        self.assertEqual(self.lines("list", "--tag", "owner=ann", "p.npk"), ["t/d", "t/d/b"])
        self.assertEqual(self.lines("list", "--tag", "owner", "p.npk", "*/c"), ["t/d/c"])
        self.assertEqual(self.lines("list", "--tag", "stage", "p.npk"), ["t", "t/a"])
        self.npk("extract", "-q", "-C", "out", "--tag", "owner=bob", "p.npk")
        self.assertEqual(sorted(path.name for path in (self.at / "out").rglob("*") if path.is_file()), ["c"])
        entries = {entry["path"]: entry for entry in self.json("list", "--json", "p.npk")["entries"]}
        self.assertEqual(entries["t/d"]["tags"], {"owner": "ann", "stage": ""})
        self.assertNotIn("xattrs", entries["t/d"])
        self.assertEqual(self.lines("diff", "p.npk@1", "p.npk"), self.lines("diff", "p.npk@1", "p.npk@3"))
        self.npk("tag", "-q", "p.npk", "t/d", "--unset", "owner")
        self.assertEqual(self.lines("tag", "p.npk", "t/d"), ["stage="])

    def test_comments(self):
        self.npk("comment", "-q", "--set", "of a file", "p.npk", "t/a")
        self.npk("comment", "-q", "--file", "-", "p.npk", stdin=b"of the\npackage\n")
        self.assertEqual(self.lines("comment", "p.npk", "t/a"), ["of a file"])
        self.assertEqual(self.npk("comment", "p.npk").stdout, b"of the\npackage\n")
        self.assertEqual(self.json("comment", "--json", "--at", "1", "p.npk"), {"format": "npk-comment-1", "comment": None})
        self.write("long", b"x" * 65537)
        self.npk("comment", "--file", "long", "p.npk", code=USAGE, says="64 KiB")
        self.npk("comment", "-q", "--unset", "p.npk", "t/a")
        self.assertEqual(self.lines("comment", "p.npk", "t/a"), [])

    def test_mistakes(self):
        self.npk("tag", "p.npk", "--set", "novalue", code=USAGE, says="KEY=VALUE")
        self.npk("tag", "p.npk", "--set", "=x", code=USAGE, says="key of a tag")
        self.npk("tag", "p.npk", "--inherited", code=USAGE, says="ENTRY is missing")
        self.npk("tag", "--at", "1", "p.npk", "--set", "a=b", code=USAGE, says="newest generation")
        self.npk("tag", "p.npk", "t/nothing", "--set", "a=b", code=SOME_FAILED, says="is no entry")
        self.npk("tag", "p.npk", "t/nothing", code=SOME_FAILED, says="is no entry")
        self.npk("comment", "--set", "x", "--unset", "p.npk", code=USAGE, says="one of them")
        self.npk("extract", "--tag", "a", "-", code=USAGE, says="--tag")


if __name__ == "__main__":
    harness.run()
