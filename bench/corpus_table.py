"""npk and its peers on each corpus. What slow peers did is kept by the corpus's digest in DIR/peers.json, so that a second run measures npk only."""

import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile

import corpus_aims as aims
import corpus_maker
import measure
import peers
import rounds

NPK = ("npk --fast", "npk", "npk --no-filters", "npk --max", "npk --max --no-filters")
COLUMNS = ("corpus", "tool", "size MB", "of", "ratio", "aim", "", "pack s", "CPU s", "of its time", "aim", "", "extract MB/s a core", "aim", "")


class Cache:
    """Results of peers: {corpus digest: {"corpus", "bytes", "results": {tool: result}}}."""

    def __init__(self, path):
        self.path = path
        self.known = json.loads(path.read_text()) if path.exists() else {}

    def results(self, manifest):
        return self.known.get(manifest["sha256"], {}).get("results", {})

    def put(self, manifest, result):
        entry = self.known.setdefault(manifest["sha256"], {"corpus": manifest["corpus"], "bytes": manifest["bytes"], "files": manifest["files"], "results": {}})
        entry["results"][result["tool"]] = result
        with tempfile.NamedTemporaryFile("w", dir=self.path.parent, delete=False) as out:
            out.write(json.dumps(self.known, indent=1) + "\n")
        os.chmod(out.name, 0o644)
        os.replace(out.name, self.path)


def chosen_tools(settings):
    npk = [name for name in NPK if "--max" not in name or settings.max]
    wanted = [*(npk if settings.npk else ()), aims.BASE, *aims.BEST_OF]
    return [peer for peer in peers.PEERS if peer.name in wanted and (settings.only is None or peer.name in settings.only)]


def measure_peer(peer, settings, tree, described):
    files, entries, total = described
    work = pathlib.Path(tempfile.mkdtemp(prefix="npk-corpora-", dir=settings.work))
    options = argparse.Namespace(tree=tree, threads=settings.threads, entry=files[0], entries=entries, tree_bytes=total, repeat=settings.repeat, repeat_slow=1)
    try:
        result = rounds.Round(peer, options, work).all_steps(("pack", "extract"))
    finally:
        rounds.remove(work)
    return result | {"machine": rounds.machine(), "threads": settings.threads, "load": round(os.getloadavg()[0], 1)}


def results_of(settings, manifest, cache):
    """{tool: result}: what was kept of the slow peers, the rest measured now."""
    tree, kept, results, described = settings.place / manifest["corpus"], cache.results(manifest), {}, None
    for peer in chosen_tools(settings):
        if peer.name in kept and (settings.kept or peer.slow) and not settings.again:
            results[peer.name] = kept[peer.name]
            continue
        if not peer.available():
            print(f"{peer.name}: not on the PATH", file=sys.stderr)
            continue
        print(f"{manifest['corpus']}: {peer.name} …", file=sys.stderr, flush=True)
        described = described or rounds.warm_and_describe(tree)
        try:
            results[peer.name] = measure_peer(peer, settings, tree, described)
        except measure.CommandFailed as failure:
            print(failure, file=sys.stderr)
            settings.whole = False
            continue
        if peer.name not in NPK:
            cache.put(manifest, results[peer.name])
    return results


def number(value, digits, scale=1):
    return "–" if value is None else f"{value / scale:.{digits}f}"


def verdict(judged):
    return {True: "met", False: "missed", None: ""}[judged.met]


def figure_and_aim(judged, digits, aim_digits, scale=1):
    return [number(judged.value, digits, scale), number(judged.aim, aim_digits, scale), verdict(judged)]


def row_of(manifest, results, name):
    judged = aims.judge(manifest["kind"], results, name, manifest["bytes"])
    against = "the best" if "--max" in name or name in aims.BEST_OF else "zstd -9"
    return [manifest["corpus"], name, number(aims.size(results, name), 2, 1e6), against, *figure_and_aim(judged["size"], 3, 2),
            number(aims.seconds(results, name), 2), number(aims.seconds(results, name, key="cpu_seconds"), 1), *figure_and_aim(judged["time"], 2, 1),
            *figure_and_aim(judged["extract"], 0, 0, 1e6)]


def print_rows(rows, markdown):
    if markdown:
        print("| " + " | ".join(COLUMNS) + " |\n| --- | --- |" + " ---: |" * (len(COLUMNS) - 2))
        for row in rows:
            print("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
        return
    widths = [max(len(row[i]) for row in (COLUMNS, *rows)) for i in range(len(COLUMNS))]
    for row in (COLUMNS, *rows):
        print("  ".join(cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))).rstrip())


def use_npk(path):
    """The given program is the `npk` that is found first. Returns the folder to remove."""
    place = tempfile.mkdtemp(prefix="npk-corpora-bin-")
    os.symlink(path.resolve(strict=True), os.path.join(place, "npk"))
    os.environ["PATH"] = f"{place}:{os.environ['PATH']}"
    return place


def table(settings):
    """Prints all; the exit code."""
    settings.whole, bin_folder = True, use_npk(settings.npk) if settings.npk else None
    cache, rows, notes = Cache(settings.place / "peers.json"), [], []
    try:
        for name in settings.names:
            manifest = corpus_maker.read_manifest(settings.place, name)
            if manifest is None:
                print(f"{name}: not made yet: bench/corpora make {settings.place} {name}", file=sys.stderr)
                continue
            results = results_of(settings, manifest, cache)
            rows += [row_of(manifest, results, tool) for tool in results]
            notes.append(f"{name}: {manifest['files']:,} files, {manifest['bytes'] / 1e6:.1f} MB, sha256 {manifest['sha256'][:16]}…")
    finally:
        shutil.rmtree(bin_folder, ignore_errors=True) if bin_folder else None
    here = rounds.machine()
    print_rows(rows, settings.markdown)
    print("\n" + "\n".join(notes))
    print(f"\n{here['cpu']}, {here['cores']} cores, {settings.threads} threads · Linux {here['kernel']} · {here['date']} · load {os.getloadavg()[0]:.1f} · "
          f"medians of {settings.repeat}, slow peers once and possibly on another day (peers.json says when)")
    return 0 if settings.whole and rows else 1
