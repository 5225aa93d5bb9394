"""How small and how fast a package of each kind of data is to be, and what a measurement is of that."""

import dataclasses

BASE = "tar | zstd -9 --long=27"  # what the default preset is measured against
BEST_OF = ("tar | zstd -19 --long=27", "tar | xz -9", "7z -mx=9")  # of these the smallest is what --max is measured against
SLOWEST = "7z -mx=9"  # --max may take as long


@dataclasses.dataclass(frozen=True)
class Aims:
    default_size: float  # of BASE's; None: no aim
    max_size: float  # of the best's
    default_time: float  # of BASE's
    extract_rate: float  # bytes of data per second of a core


AIMS = {
    "json": Aims(0.60, 0.75, 1.0, 400e6),
    "records": Aims(0.70, 0.80, 1.0, 400e6),  # logs and record text
    "markup": Aims(0.85, 0.92, 1.0, 400e6),
    "numeric": Aims(0.75, 0.80, 1.0, 400e6),
    "machine": Aims(0.95, 0.97, 1.0, 400e6),
    "source": Aims(0.97, 0.97, 0.5, 700e6),
    "mixed": Aims(None, None, 0.5, 700e6),
}


def ratio(value, base):
    """Nothing where either is missing."""
    return value / base if value is not None and base else None


def size(results, name):
    return results[name]["size_bytes"] if name in results else None


def seconds(results, name, step="pack", key="seconds"):
    return results[name][step]["median"][key] if name in results and step in results[name] else None


def best_size(results):
    """Of the strong peers; nothing until all of them were measured."""
    sizes = [size(results, name) for name in BEST_OF]
    return None if None in sizes else min(sizes)


def extract_rate(results, name, tree_bytes):
    """Bytes of data per second of CPU time, the writing of the files counted in."""
    return ratio(tree_bytes, seconds(results, name, "extract", "cpu_seconds"))


@dataclasses.dataclass(frozen=True)
class Judged:
    """A figure of one tool beside its aim. `met` is None where either is missing."""

    value: float
    aim: float
    least: bool = False  # True: the aim is a least value

    @property
    def met(self):
        if self.value is None or self.aim is None:
            return None
        return self.value >= self.aim if self.least else self.value <= self.aim


def judge(kind, results, name, tree_bytes):
    """{"size", "time", "extract": Judged} of one tool. Only npk's presets have aims; peers get the same figures beside none."""
    aims = AIMS[kind]
    strong = "--max" in name
    if strong or name in BEST_OF:
        size_ratio, time_ratio = ratio(size(results, name), best_size(results)), ratio(seconds(results, name), seconds(results, SLOWEST))
    else:
        size_ratio, time_ratio = ratio(size(results, name), size(results, BASE)), ratio(seconds(results, name), seconds(results, BASE))
    presets = {"npk": (aims.default_size, aims.default_time, aims.extract_rate), "npk --max": (aims.max_size, 1.0, aims.extract_rate)}
    wanted = presets.get(name, (None, None, None))
    return {"size": Judged(size_ratio, wanted[0]), "time": Judged(time_ratio, wanted[1]),
            "extract": Judged(extract_rate(results, name, tree_bytes), wanted[2], least=True)}
