"""Trees of odd shape, packed, listed, verified and extracted, from files and through pipes."""

import os

import harness


class Shapes(harness.CommandTest):
    def round_trip(self, count, base=None):
        self.npk("pack", "-q", "p.npk", "-C", base or "tree", ".")
        self.assertEqual(self.npk("list", "p.npk").stdout.count(b"\n"), count)
        self.assertEqual(len(self.json("list", "--json", "p.npk")["entries"]), count)
        self.assertTrue(self.json("verify", "--json", "p.npk")["ok"])
        self.npk("extract", "-C", "out", "p.npk")
        self.npk("extract", "-C", "piped", "-", stdin=(self.at / "p.npk").read_bytes())
        for place in ("out", "piped"):
            self.same_tree(base or "tree", place)

    def test_nothing(self):
        (self.at / "tree").mkdir()
        self.round_trip(0)
        self.assertEqual(self.lines("hash", "p.npk")[0][:13], "content-root ")
        self.npk("info", "p.npk")

    def test_one_empty_file(self):
        self.write("tree/empty")
        self.round_trip(1)

    def test_one_link(self):
        (self.at / "tree").mkdir()
        (self.at / "tree/link").symlink_to("to nowhere")
        self.round_trip(1)

    def test_one_byte(self):
        self.write("tree/one", b"\0")
        self.round_trip(1)

    def test_all_zeros(self):
        self.write("tree/zeros", bytes(5_000_000))
        self.round_trip(1)
        self.assertLess((self.at / "p.npk").stat().st_size, 20_000)

    def test_hole(self):
        path = self.write("tree/hole", b"begin")
        os.truncate(path, 1 << 30)
        self.npk("pack", "-q", "p.npk", "tree")
        self.npk("verify", "p.npk")
        self.npk("extract", "-C", "out", "p.npk")
        status = (self.at / "out/tree/hole").stat()
        self.assertEqual(status.st_size, 1 << 30)
        self.assertLess(status.st_blocks * 512, 10 << 20)

    def test_long_names(self):
        self.write("tree/" + "n" * 255, "x")
        (self.at / "tree" / ("d" * 255)).mkdir()
        self.write("tree/" + "d" * 255 + "/" + "ü" * 127, "y")
        self.round_trip(3)

    def test_names_of_any_bytes(self):
        names = [b"\xff\xfe", b"new\nline", b"tab\t", b" ", b"-rf", b"[ab]", b"back\\slash", b"caf\xc3\xa9", b"\x1b[31m", b"*"]
        (self.at / "tree").mkdir()
        for name in names:
            with open(os.path.join(os.fsencode(self.at), b"tree", name), "wb") as file:
                file.write(name)
        self.npk("pack", "-q", "p.npk", "-C", "tree", ".")
        listed = self.json("list", "--json", "p.npk")["entries"]
        self.assertEqual(len(listed), len(names))
        odd = [entry for entry in listed if "path_base64" in entry]
        self.assertEqual([(entry["path"], entry["path_base64"]) for entry in odd], [("\ufffd\ufffd", "//4=")])
        for name in names:
            escaped = name.replace(b"\\", b"\\\\").replace(b"[", b"\\[").replace(b"*", b"\\*")
            self.assertEqual(self.npk("cat", "p.npk", "--", name).stdout, name)
            self.assertEqual(self.npk("list", "p.npk", "--", escaped).stdout, name + b"\n")
        self.npk("extract", "-C", "out", "p.npk")
        self.same_tree("tree", "out")


class Depth(harness.CommandTest):
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # removing such trees takes some disks half a minute

    def test_depth(self):
        depth = 4000
        (self.at / "tree").mkdir()
        here = os.open(self.at / "tree", os.O_RDONLY)
        for _ in range(depth):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(os.open("leaf", os.O_CREAT, dir_fd=here))
        os.close(here)
        self.npk("pack", "-q", "p.npk", "-C", "tree", ".")
        listed = self.lines("list", "p.npk")
        self.assertEqual((len(listed), listed[-1]), (depth + 1, "d/" * depth + "leaf"))
        self.npk("verify", "p.npk")
        self.npk("extract", "-C", "out", "p.npk")
        self.npk("extract", "-C", "piped", "-", stdin=(self.at / "p.npk").read_bytes())
        for place in ("out", "piped"):
            self.npk("pack", "-q", "--reproducible", "again.npk", "-C", place, ".")
            self.assertEqual(self.lines("list", "again.npk"), listed)

    def remove(self):
        os.system(f"rm -rf '{self.at}'")  # shutil goes no deeper than Python recurses


if __name__ == "__main__":
    harness.run()
