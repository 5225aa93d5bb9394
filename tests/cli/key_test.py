"""npk key: who may open a package, changed in place; envelopes out to stock age and back in."""

import os
import subprocess

import harness
from harness import DAMAGED, INPUT_OUTPUT, NO_KEY, NPK, USAGE

LASTING = "what they could read they still can, from this file too until `npk rekey`, and for ever from copies"


class Key(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.secrets = []
        self.mine, self.other, self.third = (self.age_key(name) for name in ("mine", "other", "third"))
        self.write("tree/a.txt", "alpha\n")
        self.npk("pack", "-q", "-r", self.mine, "p.npk", "tree")

    def age_key(self, name):
        subprocess.run(["age-keygen", "-o", self.at / name], check=True, capture_output=True)
        self.secrets.append((self.at / name).read_bytes().split()[-1])
        return subprocess.run(["age-keygen", "-y", self.at / name], check=True, capture_output=True).stdout.decode().strip()

    def npk(self, *arguments, **how):
        done = super().npk(*arguments, **how)
        for secret in self.secrets:
            self.assertNotIn(secret, done.stdout + done.stderr)
        return done

    def with_lines(self, text, option, *arguments, code=0):
        """npk ARGUMENTS with OPTION and a descriptor that gives the text."""
        reader, writer = os.pipe()
        os.write(writer, text)
        os.close(writer)
        done = subprocess.run([NPK, *arguments, option, str(reader)], cwd=self.at, capture_output=True, pass_fds=[reader], timeout=100, check=False)
        os.close(reader)
        self.assertEqual(done.returncode, code, done.stderr)
        for word in text.split():
            self.assertNotIn(word, done.stdout + done.stderr)
        return done

    def key(self, action, *arguments, identity="mine", **how):
        """npk key ACTION, opened with one's own key."""
        return self.npk("key", action, "-i", identity, "p.npk", *arguments, **how)

    def age(self, *arguments, stdin=b""):
        return subprocess.run(["age", *arguments], cwd=self.at, input=stdin, capture_output=True, timeout=100, check=True).stdout

    def package(self):
        return (self.at / "p.npk").read_bytes()

    def reads(self, *identities):
        for identity in identities:
            self.assertEqual(self.npk("cat", "-i", identity, "p.npk", "tree/a.txt").stdout, b"alpha\n")

    def does_not_read(self, identity):
        self.npk("cat", "-i", identity, "p.npk", "tree/a.txt", code=NO_KEY)

    def refused(self, *arguments, code, says, **how):
        """One sentence, and perhaps a hint; the package is as before."""
        before = self.package()
        done = self.npk("key", *arguments, code=code, says=says, **how)
        lines = done.stderr.decode().splitlines()
        self.assertEqual([line for line in lines[1:] if not line.startswith("hint: ")], [])
        self.assertEqual((done.stdout, self.package()), (b"", before))


class Lists(Key):
    def test_without_a_key(self):
        self.assertEqual(self.lines("key", "list", "p.npk"), [" 1  1 X25519"])

    def test_with_a_key(self):
        self.key("add", "-r", self.other)
        self.assertEqual(self.lines("key", "list", "-i", "other", "p.npk"), [" 1  2 X25519; epoch 1", "    " + self.mine, "    " + self.other])
        self.key("remove", "-r", self.other)
        self.assertEqual(self.lines("key", "list", "-i", "mine", "p.npk"), [" 1  1 X25519; epochs 1 to 2", "    " + self.mine])
        self.assertEqual(self.lines("key", "list", "-i", "other", "p.npk"), [" 1  1 X25519; does not open"])

    def test_json(self):
        document = self.json("key", "list", "--json", "p.npk")
        self.assertEqual(document["format"], "npk-key-list-1")
        envelope, = document["envelopes"]
        size = len(self.npk("key", "export", "p.npk").stdout)
        self.assertEqual(envelope, {"number": 1, "position": 96, "bytes": size, "stanzas": ["X25519"], "opens": False, "own": False, "complete": False,
                                    "recipients": [], "epochs": []})
        envelope, = self.json("key", "list", "--json", "-i", "mine", "p.npk")["envelopes"]
        self.assertEqual((envelope["opens"], envelope["own"], envelope["complete"], envelope["recipients"], envelope["epochs"]),
                         (True, True, True, [self.mine], [1]))


class Changes(Key):
    def test_add_and_remove(self):
        before = self.package()
        self.write("team", f"# two\n{self.other}\n{self.third}\n")
        self.key("add", "-R", "team", says="added; 1 envelope now, epoch 1")
        self.assertEqual(self.package()[:len(before)], before)
        self.reads("mine", "other", "third")
        self.key("remove", "-r", self.other, identity="third", says="removed; 1 envelope now, epoch 2\n")
        self.reads("mine", "third")
        self.does_not_read("other")
        self.npk("verify", "-i", "third", "p.npk")
        self.npk("extract", "-q", "-i", "mine", "-C", "out", "-", stdin=self.package())
        self.same_tree("tree", "out/tree")

    def test_what_removing_does_not_take_back_is_said(self):
        self.key("add", "-q", "-r", self.other)
        copy = self.package()
        self.key("remove", "-r", self.other, says=LASTING)
        self.write("copy.npk", copy)
        self.assertEqual(self.npk("cat", "-i", "other", "copy.npk", "tree/a.txt").stdout, b"alpha\n")

    def test_quiet(self):
        for arguments in (["add", "-q", "-r", self.other], ["remove", "-q", "-r", self.other]):
            done = self.key(*arguments)
            self.assertEqual((done.stdout, done.stderr), (b"", b""))

    def test_passphrases(self):
        self.with_lines(b"horse\n", "--new-passphrase-fd", "key", "add", "-i", "mine", "p.npk")
        self.assertEqual(self.lines("key", "list", "p.npk"), [" 1  1 X25519", " 2  1 scrypt"])
        self.assertEqual(self.with_lines(b"horse\n", "--passphrase-fd", "cat", "p.npk", "tree/a.txt").stdout, b"alpha\n")
        self.with_lines(b"horse\n", "--passphrase-fd", "key", "add", "p.npk", "-r", self.other)
        self.reads("mine", "other")
        self.refused("remove", "-i", "mine", "p.npk", "-r", self.other, code=NO_KEY, says="envelope 2 (scrypt) does not open with the keys given")
        self.with_lines(b"horse\n", "--passphrase-fd", "key", "remove", "-i", "mine", "p.npk", "--envelope", "3")
        self.reads("mine")
        self.does_not_read("other")
        self.assertEqual(self.with_lines(b"horse\n", "--passphrase-fd", "cat", "p.npk", "tree/a.txt").stdout, b"alpha\n")
        self.with_lines(b"", "--new-passphrase-fd", "key", "add", "-i", "mine", "p.npk", code=NO_KEY)
        self.with_lines(b"saddle\n", "--new-passphrase-fd", "key", "add", "-i", "mine", "p.npk", code=USAGE)  # a second one

    def test_mistakes(self):
        self.refused("add", "-i", "mine", "p.npk", code=USAGE, says="nobody to add: -r, -R or --new-passphrase says whom")
        self.refused("add", "-i", "mine", "p.npk", "-r", "age1nonsense", code=USAGE, says="--recipient: ")
        self.refused("add", "-i", "other", "p.npk", "-r", self.other, code=NO_KEY, says="none of the given keys opens it")
        self.refused("add", "p.npk", "-r", self.other, code=NO_KEY, says="hint: -i FILE")
        self.refused("remove", "-i", "mine", "p.npk", code=USAGE, says="nobody to remove: -r, -R or --envelope says whom")
        self.refused("remove", "-i", "mine", "p.npk", "-r", self.other, code=INPUT_OUTPUT, says="no envelope is for " + self.other)
        self.refused("remove", "-i", "mine", "p.npk", "-r", self.mine, code=USAGE, says="nobody could open the package any more")
        self.refused("remove", "-i", "mine", "p.npk", "--envelope", "2", code=INPUT_OUTPUT, says="there is no envelope 2: the package has 1")
        for number in ("0", "-1", "x", "1x", ""):
            self.refused("remove", "-i", "mine", "p.npk", "--envelope", number, code=USAGE, says=f"--envelope: '{number}' is not a number from 1 on")
        self.npk("key", "list", "none.npk", code=INPUT_OUTPUT, says="none.npk")
        self.npk("pack", "-q", "clear.npk", "tree")
        self.npk("key", "list", "clear.npk", code=USAGE, says="the package is not sealed: it has no keys")
        self.npk("key", code=USAGE, says="list, add, remove, export or import")
        self.npk("key", "lost", code=USAGE, says="there is no 'npk key lost'")

    def test_help(self):
        for arguments in (["key", "--help"], ["help", "key"], ["key", "add", "--help"], ["key", "list", "-h"]):
            self.assertTrue(self.npk(*arguments).stdout.startswith(b"usage: npk key list"))


class WithAge(Key):
    def test_age_opens_what_is_exported(self):
        self.key("add", "-r", self.other)
        self.npk("key", "export", "-o", "e.age", "p.npk")
        self.assertEqual((self.at / "e.age").read_bytes(), self.npk("key", "export", "--envelope", "1", "p.npk").stdout)
        for identity in ("mine", "other"):
            record = self.age("-d", "-i", identity, "e.age")
            self.assertEqual((record[:8], record[8:24]), (b"NPKKEYS1", self.package()[16:32]))

    def test_what_age_made_is_imported(self):
        for armor in ([], ["-a"]):
            record = self.age("-d", "-i", "mine", stdin=self.npk("key", "export", "--envelope", "1", "p.npk").stdout)
            made = self.age(*armor, "-r", self.third if armor else self.other, stdin=record)
            done = self.key("import", "-", stdin=made, says="imported; ")
            self.assertIn(b"warning: no identity given opens the age file", done.stderr)
        self.reads("mine", "other", "third")
        self.assertEqual(len(self.json("key", "list", "--json", "p.npk")["envelopes"]), 3)
        self.refused("export", "p.npk", code=USAGE, says="the package has 3 envelopes: --envelope N says which")
        text = self.npk("key", "list", "-i", "other", "p.npk").stdout.decode()
        self.assertIn("imported: may be for others than\n    " + self.mine, text)

    def test_import_that_was_checked(self):
        record = self.age("-d", "-i", "mine", stdin=self.npk("key", "export", "p.npk").stdout)
        self.write("new.age", self.age("-r", self.other, stdin=record))
        done = self.key("import", "-i", "other", "--replace", "1", "new.age", says="imported; 1 envelope now, epoch 1")
        self.assertNotIn(b"warning", done.stderr)
        self.does_not_read("mine")
        self.reads("other")

    def test_import_mistakes(self):
        older = self.npk("key", "export", "p.npk").stdout
        self.write("older.age", older)
        self.key("add", "-r", self.other)
        self.key("remove", "-r", self.other)
        self.npk("pack", "-q", "-r", self.mine, "q.npk", "tree")
        self.npk("key", "export", "-o", "foreign.age", "q.npk")
        self.write("garbage", "no age file")
        for name, code, says in (("older.age", DAMAGED, "does not hold the package's newest key"), ("foreign.age", DAMAGED, "keys of another package"),
                                 ("garbage", DAMAGED, ""), ("none", INPUT_OUTPUT, "none")):
            with self.subTest(name=name):
                self.refused("import", "-i", "mine", "p.npk", name, code=code, says=says)
        self.refused("import", "-i", "mine", "--replace", "2", "p.npk", "older.age", code=INPUT_OUTPUT, says="there is no envelope 2")
        self.refused("import", "p.npk", "older.age", code=NO_KEY, says="hint: -i FILE")

    def test_ssh(self):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.at / "ssh"], check=True, stdin=subprocess.DEVNULL)
        self.key("add", "-R", "ssh.pub")
        self.reads("ssh")
        self.assertTrue(self.age("-d", "-i", "ssh", stdin=self.npk("key", "export", "p.npk").stdout).startswith(b"NPKKEYS1"))


if __name__ == "__main__":
    harness.run()
