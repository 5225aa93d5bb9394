"""Passphrases from a terminal and from a descriptor. NPK_PASSPHRASE_DRIVER names passphrase_driver."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
import unittest

DRIVER = os.environ["NPK_PASSPHRASE_DRIVER"]
PROMPT = b"Passphrase for backup.key: "
MOST = 1024


class Terminal:
    """The driver on a terminal of its own, its standard streams elsewhere."""

    def __init__(self, *arguments, through=()):
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.shown = b""
        self.process = subprocess.Popen(
            [*through, DRIVER, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0))

    def see(self, text):
        """Waits until `text` has been shown, and takes it and what was before it."""
        deadline = time.monotonic() + 30
        while text not in self.shown:
            ready, _, _ = select.select([self.master], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"{text!r} was never shown, but {self.shown!r}")
            self.shown += os.read(self.master, 4096)
        before, _, self.shown = self.shown.partition(text)
        return before

    def type(self, text):
        os.write(self.master, text)

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def end(self):
        """(exit status, stdout, stderr, what else was shown); the terminal must be as it was."""
        out, err = self.process.communicate(timeout=60)
        after = termios.tcgetattr(self.slave)
        assert after == self.before, "the terminal's settings are not what they were"
        os.close(self.slave)
        while select.select([self.master], [], [], 0)[0]:
            try:
                piece = os.read(self.master, 4096)
            except OSError:
                break
            if not piece:
                break
            self.shown += piece
        os.close(self.master)
        return self.process.returncode, out, err.decode(), self.shown


class Asking(unittest.TestCase):
    def start(self, how="ask", what="backup.key", use="opening", prompt=PROMPT):
        terminal = Terminal(how, what, use)
        terminal.see(prompt)
        self.assertFalse(terminal.echoes())
        return terminal

    def answer(self, *lines, use="opening"):
        terminal = self.start(use=use)
        terminal.type(lines[0])
        for line in lines[1:]:
            terminal.see(b"The same again: ")
            self.assertFalse(terminal.echoes())
            terminal.type(line)
        return terminal.end()

    def test_nothing_typed_is_shown(self):
        self.assertEqual(self.answer(b"correct horse\n"), (0, b"xcorrect horsex\n", "", b"\r\n"))

    def test_not_ascii(self):
        self.assertEqual(self.answer("größe\n".encode())[1], "xgrößex\n".encode())

    def test_erased_characters(self):
        self.assertEqual(self.answer(b"wrong\x15correkt\x7f\x7fct horse\n")[1], b"xcorrect horsex\n")

    def test_an_empty_one_opens(self):
        self.assertEqual(self.answer(b"\n")[:2], (0, b"xx\n"))

    def test_a_new_one_is_asked_for_twice(self):
        self.assertEqual(self.answer(b"horse\n", b"horse\n", use="creating"), (0, b"xhorsex\n", "", b"\r\n"))
        self.assertEqual(self.answer(b"horse\n", b"horses\n", use="creating")[:3], (1, b"", "misuse: the two passphrases differ\n"))
        self.assertEqual(self.answer(b"\n", use="creating")[:3], (1, b"", "misuse: a passphrase must not be empty\n"))

    def test_the_end_of_input(self):
        self.assertEqual(self.answer(b"\x04")[:3], (1, b"", "no_key: no passphrase was given\n"))
        self.assertEqual(self.answer(b"horse\x04\x04")[:2], (0, b"xhorsex\n"))

    def test_length(self):
        longest = b"0123456789abcdef" * (MOST // 16)
        self.assertEqual(self.answer(longest + b"\n")[1], b"x" + longest + b"x\n")
        for more in (b"g", b"gh", b"gh" * 1000):
            code, out, err, _ = self.answer(longest + more + b"\n")
            self.assertEqual((code, out, err), (1, b"", f"limit: a passphrase has at most {MOST} bytes\n"))

    def test_what_it_is_for_does_not_steer_the_terminal(self):
        terminal = self.start(what="a\x1b[2J\nb", prompt=b"Passphrase for a\\033[2J\\nb: ")
        terminal.type(b"horse\n")
        self.assertEqual(terminal.end()[0], 0)

    def test_signals_end_it_with_the_echo_back(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            with self.subTest(number=number):
                terminal = self.start()
                terminal.type(b"half a pass")
                terminal.process.send_signal(number)
                self.assertEqual(terminal.end()[:3], (-number, b"", ""))

    def test_control_c(self):
        terminal = self.start()
        terminal.type(b"half a pass\x03")
        self.assertEqual(terminal.end()[:3], (-signal.SIGINT, b"", ""))

    def test_control_c_between_the_two(self):
        terminal = self.start(use="creating")
        terminal.type(b"horse\n")
        terminal.see(b"The same again: ")
        terminal.type(b"\x03")
        self.assertEqual(terminal.end()[0], -signal.SIGINT)

    def test_a_verb_that_stops_tidily(self):
        terminal = self.start(how="stoppable")
        terminal.type(b"half a pass\x03")
        code, out, err, _ = terminal.end()
        self.assertEqual((code, err), (1, "cancelled: stopped\n"))
        self.assertEqual(out, b"stop requested\n")
        self.assertEqual(self.start_and_answer_stoppable(), (0, b"not stopped\nxhorsex\n"))

    def start_and_answer_stoppable(self):
        terminal = self.start(how="stoppable")
        terminal.type(b"horse\n")
        return terminal.end()[:2]

    def test_stopped_and_continued(self):
        shell = 'set -m; "$@"; stty -a </dev/tty | grep -o " echo "; fg >/dev/null'
        terminal = Terminal("ask", "backup.key", "opening", through=["sh", "-c", shell, "sh"])
        terminal.see(PROMPT)
        terminal.type(b"half a pass\x1a")
        terminal.see(PROMPT)
        self.assertFalse(terminal.echoes())
        terminal.type(b"horse\n")
        self.assertEqual(terminal.end()[:2], (0, b" echo \nxhorsex\n"))

    def test_without_a_terminal(self):
        done = subprocess.run([DRIVER, "ask", "backup.key", "opening"], input=b"horse\n", capture_output=True,
                              start_new_session=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertEqual(done.stderr, b"no_key: there is no terminal to ask for a passphrase at\n")


class Reading(unittest.TestCase):
    def read(self, content, use="opening"):
        """(exit status, stdout, stderr, what was left behind the line)"""
        reader, writer = os.pipe()
        os.write(writer, content)
        os.close(writer)
        done = subprocess.run([DRIVER, "read", str(reader), use], stdin=subprocess.DEVNULL, capture_output=True,
                              pass_fds=[reader], start_new_session=True, timeout=60, check=False)
        with os.fdopen(reader, "rb") as rest:
            return done.returncode, done.stdout, done.stderr.decode(), rest.read()

    def test_the_first_line(self):
        self.assertEqual(self.read(b"correct horse\n"), (0, b"xcorrect horsex\n", "", b""))
        self.assertEqual(self.read(b"correct horse"), (0, b"xcorrect horsex\n", "", b""))
        self.assertEqual(self.read(b"correct horse\r\n"), (0, b"xcorrect horsex\n", "", b""))
        self.assertEqual(self.read(b"\n", use="opening"), (0, b"xx\n", "", b""))
        self.assertEqual(self.read(b"a\0b\n"), (0, b"xa\0bx\n", "", b""))

    def test_the_rest_is_left(self):
        self.assertEqual(self.read(b"horse\nsecond line\n"), (0, b"xhorsex\n", "", b"second line\n"))

    def test_what_is_none(self):
        self.assertEqual(self.read(b""), (1, b"", "no_key: no passphrase was given\n", b""))
        self.assertEqual(self.read(b"\n", use="creating")[:3], (1, b"", "misuse: a passphrase must not be empty\n"))

    def test_length(self):
        longest = b"x" * MOST
        for end in (b"", b"\n", b"\r\n"):
            self.assertEqual(self.read(longest + end)[:2], (0, b"x" + longest + b"x\n"))
        for more in (b"y", b"y\n", b"yz", b"y" * 10000):
            code, out, err, _ = self.read(longest + more)
            self.assertEqual((code, out, err), (1, b"", f"limit: a passphrase has at most {MOST} bytes\n"))

    def test_a_descriptor_that_does_not_wait(self):
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        process = subprocess.Popen([DRIVER, "read", str(reader), "opening"], stdout=subprocess.PIPE, pass_fds=[reader])
        time.sleep(0.2)
        os.write(writer, b"horse\n")
        self.assertEqual(process.communicate(timeout=60)[0], b"xhorsex\n")
        os.close(reader)
        os.close(writer)

    def test_a_descriptor_that_can_not_be_read(self):
        for number in ("99", "-1"):
            done = subprocess.run([DRIVER, "read", number, "opening"], capture_output=True, timeout=60, check=False)
            self.assertEqual(done.stderr.decode(), f"misuse: descriptor {number} is not open for reading\n")
        folder = os.open("/", os.O_RDONLY)
        done = subprocess.run([DRIVER, "read", str(folder), "opening"], capture_output=True, pass_fds=[folder], timeout=60, check=False)
        os.close(folder)
        self.assertEqual(done.stderr.decode(), f"io: descriptor {folder}: can't read a passphrase (Is a directory)\n")


if __name__ == "__main__":
    program = unittest.main(exit=False)
    if program.result.testsRun == 0:
        sys.exit("no test ran")
    sys.exit(not program.result.wasSuccessful())
