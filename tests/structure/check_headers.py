#!/usr/bin/env python3
"""Every public header compiles alone, by its own source that includes it first or here with the first compiler named; all together with the others;
and none shows an outside library's header."""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

import source_tree

FLAGS = ("-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror")
ALLOWED_OUTSIDE = re.compile(r"^(npk/[a-z0-9_/]+\.h|[a-z0-9_]+|sys/types\.h)$")
OPT_IN = {"npk/iostreams.h": "boost/"}  # the one header that shows another library, on purpose


def compile_headers(compiler, names):
    """What the compiler says about a file that includes only these headers; empty if all is well."""
    includes = [f"-I{source_tree.ROOT / root}" for root in source_tree.HEADER_ROOTS]
    text = "".join(f'#include "{name}"\n' for name in names)
    done = subprocess.run([compiler, *FLAGS, *includes, "-x", "c++", "-"], input=text, capture_output=True, text=True, check=False)
    return f"{' '.join(names)} with {compiler}:\n{done.stderr}" if done.returncode else ""


def compiled_by_own_source():
    """Headers that a source includes before anything else: where headers are not precompiled, building it shows that they need no other."""
    sources = [source for root in ("format", "libnpk") for source in (source_tree.ROOT / root).rglob("*.cc")]
    firsts = (re.search(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', source.read_text(), re.MULTILINE) for source in sources)
    return {first[1] for first in firsts if first}


def check_compiling(compilers, headers):
    names = [name for _, name in headers]
    own = compiled_by_own_source()
    alone = [name for name in names if name not in own]
    jobs = [(compiler, names) for compiler in compilers[1:]] + [(compilers[0], [name]) for name in alone]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [text for text in pool.map(lambda job: compile_headers(*job), jobs) if text]


def check_outside(root, name):
    """Includes of other libraries in one public header."""
    text = (source_tree.ROOT / root / name).read_text()
    problems = []
    for included in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', text, re.MULTILINE):
        opt_in = OPT_IN.get(name)
        if not ALLOWED_OUTSIDE.match(included) and not (opt_in and included.startswith(opt_in)):
            problems.append(f"{root}/{name}: shows {included}")
    return problems


def check_names(headers):
    """Equal names under two roots: which one is found would depend on the order of -I."""
    names = [name for _, name in headers]
    return [f"{name}: in two include roots" for name in sorted(set(names)) if names.count(name) > 1]


def main():
    compilers = [compiler for compiler in sys.argv[1:] if shutil.which(compiler)]
    headers = source_tree.public_headers()
    problems = check_names(headers)
    for root, name in headers:
        problems += check_outside(root, name)
    problems += check_compiling(compilers, headers)
    print("compilers:", " ".join(compilers))
    return source_tree.report("headers", problems, len(headers) if compilers else 0)


if __name__ == "__main__":
    sys.exit(main())
