"""npk accel, and --accel: the same results on every device, by OpenCL (PoCL) and by a CUDA driver that runs the kernels on this processor."""

import json
import os
import random
import unittest

import harness
from harness import DAMAGED, USAGE

EMULATED = os.environ.get("NPK_EMULATED_CUDA", "")  # empty: built without CUDA kernels
OPERATIONS = ["varint_encode", "varint_decode", "zigzag_encode", "zigzag_decode", "delta_encode", "delta_decode", "bit_pack", "bit_unpack",
              "frame_encode", "frame_decode", "dictionary", "histogram", "pattern_match", "cut_points", "blake3", "lz4_decode"]


class Accelerators(harness.CommandTest):
    def setUp(self):
        super().setUp()
        source = random.Random(3)
        self.write("tree/noise", source.randbytes(1_500_000))
        for number in range(40):
            self.write(f"tree/text/{number}", b"".join(source.choices([b"alpha ", b"beta\n", b"gamma"], k=4000)))
        self.npk("pack", "-q", "p.npk", "tree")

    def emulated(self, **more):
        """An environment in which libcuda.so.1 is the emulated driver."""
        (self.at / "lib").mkdir(exist_ok=True)
        link = self.at / "lib/libcuda.so.1"
        if not link.exists():
            link.symlink_to(EMULATED)
        return {"LD_LIBRARY_PATH": str(self.at / "lib"), "NPK_EMULATED_ANY_IMAGE": "1", **more}

    def check_verify(self, backend, **how):
        plain = json.loads(self.npk("verify", "--json", "p.npk").stdout)
        self.assertNotIn("accel", plain)
        report = json.loads(self.npk("verify", "--json", "--accel", backend, "p.npk", **how).stdout)
        accel = report.pop("accel")
        self.assertEqual(report, plain)
        self.assertEqual(accel["backend"], backend)
        self.assertGreater(accel["kernels"], accel["batches"])
        self.assertGreater(accel["hashed_bytes"], 1_500_000)
        self.assertEqual(accel["cut_bytes"], 0)

    def test_devices(self):
        listed = json.loads(self.npk("accel", "--list", "--json").stdout)
        self.assertEqual(listed["format"], "npk-accel-1")
        self.assertEqual(listed["devices"][-1]["backend"], "cpu")
        self.assertIn("opencl", [device["backend"] for device in listed["devices"]])
        self.assertEqual(listed["measurements"], [])

    def test_measures_every_operation(self):
        measured = json.loads(self.npk("accel", "--backend", "opencl", "--batch", "256K", "--json").stdout)["measurements"]
        self.assertEqual([one["operation"] for one in measured][::len(measured) // len(OPERATIONS)], OPERATIONS)
        self.assertTrue(all(one["same_as_processor"] and one["kernel_nanoseconds"] > 0 for one in measured))
        text = self.npk("accel", "--batch", "256K", "blake3").stdout.decode()
        self.assertRegex(text, r"blake3 +opencl 0 +[\d.]+ +[\d.]+ +[\d.]+ +same\nblake3 +cpu ")

    def test_wrong_words(self):
        self.npk("accel", "--backend", "gpu", code=USAGE)
        self.npk("accel", "sort", code=USAGE)
        self.npk("verify", "--accel", "fast", "p.npk", code=USAGE)
        self.npk("verify", "p.npk", code=USAGE, environment={"NPK_ACCEL": "fast"})

    def test_verify_on_opencl(self):
        self.check_verify("opencl")
        said = self.npk("verify", "-v", "p.npk", environment={"NPK_ACCEL": "opencl"}).stderr.decode()
        self.assertIn("chunks hashed by opencl 0", said)
        self.assertIn("chunks hashed by the processor", self.npk("verify", "-v", "--accel", "auto", "p.npk").stderr.decode())

    def check_pack(self, backend, **environment):
        """The package is the same for every device and number of threads; the profile says that the device found the cuts and hashed."""
        environment["SOURCE_DATE_EPOCH"] = "1700000000"
        self.npk("pack", "-q", "--reproducible", "plain.npk", "tree", environment=environment)
        for threads in ("1", "2", "5"):
            said = self.npk("pack", "-v", "--reproducible", "--accel", backend, "--threads", threads, "--profile", "pack.json", "device.npk", "tree",
                            environment=environment)
            self.assertIn(f"chunks hashed by {backend} 0", said.stderr.decode())
            self.assertEqual((self.at / "plain.npk").read_bytes(), (self.at / "device.npk").read_bytes())
            accel = json.loads((self.at / "pack.json").read_text())["accel"]
            self.assertGreater(accel["hashed_bytes"], 1_500_000)
            self.assertGreaterEqual(accel["cut_bytes"], 1 << 20)  # slices of noise; what is left of it is less than is worth a device
            (self.at / "device.npk").unlink()

    def test_pack_gives_the_same_bytes(self):
        self.check_pack("opencl")
        if EMULATED:
            self.check_pack("cuda", **self.emulated())
        self.npk("pack", "--accel", "fast", "x.npk", "tree", code=USAGE)

    def test_the_profile_names_the_device(self):
        self.npk("verify", "-q", "--accel", "opencl", "--profile", "p.json", "p.npk")
        self.assertEqual(json.loads((self.at / "p.json").read_text())["accel"]["backend"], "opencl")
        self.npk("verify", "-q", "--accel", "opencl", "--profile", "p.txt", "p.npk")
        self.assertIn("chunks hashed by opencl 0", (self.at / "p.txt").read_text())

    @unittest.skipUnless(EMULATED, "built without CUDA kernels")
    def test_auto_takes_no_slower_device_and_says_what_it_measured(self):
        for verb in (["verify", "p.npk"], ["pack", "auto.npk", "tree"]):
            self.npk(verb[0], "-q", "--accel", "auto", "--profile", "p.json", *verb[1:], environment=self.emulated())
            accel = json.loads((self.at / "p.json").read_text())["accel"]
            self.assertEqual((accel["asked"], accel["backend"], accel["batches"]), ("auto", "cpu", 0))
            self.assertEqual(accel["reason"], "no device was measured to be faster")
            for work in ["hash_rates"] + ["cut_rates"] * (verb[0] == "pack"):
                self.assertGreater(accel[work]["processor"], accel[work]["device"])
                self.assertGreater(accel[work]["device"], 0)

    @unittest.skipUnless(EMULATED, "built without CUDA kernels")
    def test_verify_on_cuda(self):
        self.check_verify("cuda", environment=self.emulated())
        measured = json.loads(self.npk("accel", "--backend", "cuda", "--batch", "128K", "--json", environment=self.emulated()).stdout)["measurements"]
        self.assertEqual([one["operation"] for one in measured], OPERATIONS)
        self.assertTrue(all(one["same_as_processor"] for one in measured))

    @unittest.skipUnless(EMULATED, "built without CUDA kernels")
    def test_what_the_device_says_is_what_is_compared(self):
        wrong = self.emulated(NPK_EMULATED_FAILURE="wrong results")
        report = json.loads(self.npk("verify", "--json", "--accel", "cuda", "p.npk", code=DAMAGED, environment=wrong).stdout)
        self.assertEqual({damage["kind"] for damage in report["damages"]}, {"chunk"})
        self.npk("accel", "--backend", "cuda", "--batch", "64K", "blake3", code=DAMAGED, environment=wrong)
        failing = self.emulated(NPK_EMULATED_FAILURE="cuLaunchKernel")
        self.assertIn(b"CUDA", self.npk("verify", "--accel", "cuda", "p.npk", code=harness.INPUT_OUTPUT, environment=failing).stderr)

    @unittest.skipUnless(EMULATED, "built without CUDA kernels")
    def test_no_driver(self):
        self.assertIn(b"CUDA", self.npk("verify", "--accel", "cuda", "p.npk", code=USAGE, environment={"LD_LIBRARY_PATH": str(self.at)}).stderr)


if __name__ == "__main__":
    harness.run()
