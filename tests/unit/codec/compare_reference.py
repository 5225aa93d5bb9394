"""Decodes samples with a filter's reference decoder: compare_reference.py DECODER SAMPLES. A sample N is N.filtered and N.raw, the raw bytes,
or N.refused, whose length is the raw length: the decoder must refuse it."""

import importlib.util
import pathlib
import sys


def load(path):
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location("reference_" + path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.decode


def main():
    decode = load(pathlib.Path(sys.argv[1]))
    wrong = 0
    for filtered in sorted(pathlib.Path(sys.argv[2]).glob("*.filtered")):
        raw, refused = filtered.with_suffix(".raw"), filtered.with_suffix(".refused")
        expected = raw.read_bytes() if raw.exists() else None
        length = len(expected) if expected is not None else refused.stat().st_size
        try:
            actual = decode(filtered.read_bytes(), length)
        except ValueError:
            actual = None
        if actual != expected:
            print(f"{filtered.name}: {'refused' if actual is None else 'decoded otherwise'}")
            wrong += 1
    sys.exit(1 if wrong else 0)


main()
