"""`make bench`: every suite in a process of its own, one table, JSON under benchmarks/results.json."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from benchmarks.measuring import HERE, machine
from benchmarks.table import RESULTS, table

SUITES = tuple(sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py")))


def main() -> int:
    """Run the suites named, or all; return 1 if one of them broke. A demand that is missed breaks nothing."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"of {', '.join(SUITES)}; default: all")
    parser.add_argument("--rounds", type=int, help="default: each suite's own")
    options = parser.parse_args()
    unknown = [suite for suite in options.suites if suite not in SUITES]
    if unknown:
        parser.error(f"there is no suite {', '.join(unknown)}; there are {', '.join(SUITES)}")
    chosen = options.suites or SUITES
    about = machine()
    print(
        f"{about['cores']} cores, load {about['load_per_core']} per core, Python {about['python']}; medians", flush=True
    )
    broken = []
    for suite in chosen:
        print(f"measuring {suite} ...", flush=True)
        rounds = ["--rounds", str(options.rounds)] if options.rounds else []
        told = [sys.executable, "-m", f"benchmarks.bench_{suite}", "--keep", str(RESULTS), *rounds]
        if subprocess.run(told, cwd=HERE.parent, stdout=subprocess.DEVNULL, check=False).returncode:
            broken.append(suite)
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    print("\n" + table([row for suite in chosen if suite not in broken for row in kept[suite]["rows"]]))
    if broken:
        print(f"\nbroken: {', '.join(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
