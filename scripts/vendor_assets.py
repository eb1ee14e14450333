"""Fetch third-party map files and fonts from npm; write them to the rooms that use them, with licences and CHECKSUMS.

Run it with npm on the path and a registry in reach: ``python scripts/vendor_assets.py``. Tarballs are pinned by their
SHA-256, so a second run writes the same bytes.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1] / "ilpgeo"
MAPS, FONTS = HOUSE / "maps" / "vendor", HOUSE / "reports" / "fonts"


@dataclass(frozen=True, slots=True)
class Package:
    """An npm package: its pinned tarball, the folder it goes to, and which of its files are wanted under which name."""

    name: str
    version: str
    sha256: str
    home: Path
    files: tuple[tuple[str, str], ...]


PACKAGES = (
    Package(
        "leaflet",
        "1.9.4",
        "84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77",
        MAPS,
        (
            ("package/dist/leaflet.js", "leaflet.js"),
            ("package/dist/leaflet.css", "leaflet.css"),
            ("package/dist/images/layers.png", "images/layers.png"),
            ("package/dist/images/layers-2x.png", "images/layers-2x.png"),
            ("package/dist/images/marker-icon.png", "images/marker-icon.png"),
            ("package/dist/images/marker-icon-2x.png", "images/marker-icon-2x.png"),
            ("package/dist/images/marker-shadow.png", "images/marker-shadow.png"),
            ("package/LICENSE", "leaflet.LICENSE.txt"),
        ),
    ),
    Package(
        "@expo-google-fonts/source-sans-3",
        "0.4.1",
        "eb41834f563921e19b18b40bc924b97110983aef800d9cb67b9186f546311828",
        FONTS,
        (
            ("package/400Regular/SourceSans3_400Regular.ttf", "SourceSans3-Regular.ttf"),
            ("package/600SemiBold/SourceSans3_600SemiBold.ttf", "SourceSans3-SemiBold.ttf"),
            ("package/LICENSE_FONT", "SourceSans3.LICENSE.txt"),
        ),
    ),
    Package(
        "dejavu-fonts-ttf",
        "2.37.3",
        "b7013ac58f9225250619db82cfb72e99c37ca8195f2b5a06a9e6a95bc5e1c84a",
        FONTS,
        (("package/ttf/DejaVuSans.ttf", "DejaVuSans.ttf"), ("package/LICENSE", "DejaVuSans.LICENSE.txt")),
    ),
)


def digest(content: bytes) -> str:
    """Return the SHA-256 of `content` as hex."""
    return hashlib.sha256(content).hexdigest()


def fetch(package: Package, folder: Path) -> dict[str, bytes]:
    """Return the wanted files of a package by name, or stop when its tarball is not the pinned one."""
    wanted = f"{package.name}@{package.version}"
    npm = shutil.which("npm") or sys.exit("npm is not on the path")
    packed = subprocess.run([npm, "pack", wanted, "--silent"], cwd=folder, check=True, capture_output=True, text=True)
    tarball = folder / packed.stdout.split()[-1]
    if digest(tarball.read_bytes()) != package.sha256:
        sys.exit(f"{wanted}: the tarball is not the pinned one ({package.sha256})")
    with tarfile.open(tarball) as archive:
        found = {name: archive.extractfile(member) for member, name in package.files}
        return {name: stream.read() for name, stream in found.items() if stream is not None}


def main() -> None:
    """Write every wanted file and each folder's list of checksums; remove what is not wanted any more."""
    content: dict[Path, dict[str, bytes]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            content.setdefault(package.home, {}).update(fetch(package, Path(folder)))
    for home, files in content.items():
        shutil.rmtree(home, ignore_errors=True)
        for name, data in files.items():
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        lines = [f"{digest(data)}  {name}\n" for name, data in sorted(files.items())]
        (home / "CHECKSUMS").write_text("".join(lines), "utf-8")
        print(f"{len(files)} files in {home.relative_to(HOUSE)}/")


if __name__ == "__main__":
    main()
