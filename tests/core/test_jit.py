import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from ilpgeo.core import jit
from ilpgeo.core.jit import compiled, compiled_reordered

# Adding and taking off 1.5 * 2^52 rounds to a whole number, unless sums are reordered.
ROUNDING = 6755399441055744.0


@compiled
def rounded(value: float) -> float:
    return (value + ROUNDING) - ROUNDING


@compiled_reordered
def sum_rounded(values: np.ndarray) -> float:
    total = 0.0
    for value in values:
        total += rounded(value)
    return total


def test_a_strict_kernel_stays_strict_when_a_reordered_one_calls_it_first() -> None:
    assert sum_rounded(np.array([0.4, 1.6, 2.3])) == 4.0
    assert rounded(0.4) == 0.0


def doubled(value: float) -> float:
    return 2 * value


def test_numbas_own_setting_is_as_before_and_what_it_reads_again_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numba.config, "CACHE_DIR", "as it was")
    monkeypatch.setattr(jit, "folder_of", lambda source: tmp_path / "kernels")
    kernel = compiled(doubled)
    assert numba.config.CACHE_DIR == "as it was"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "other"))
    numba.config.reload_config()
    assert kernel(2.0) == 4.0
    assert list((tmp_path / "kernels").rglob("*.nbi"))
    assert not (tmp_path / "other").exists()
    again = compiled(doubled)
    assert again(2.0) == 4.0
    assert sum(again.stats.cache_hits.values()) == 1
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    numba.config.reload_config()


def test_code_that_would_lie_elsewhere_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kernels").write_text("a file is in the way", "utf-8")
    monkeypatch.setattr(jit, "folder_of", lambda source: tmp_path / "kernels")
    kernel = compiled(doubled)
    assert kernel.stats.cache_path is None
    assert kernel(2.0) == 4.0


def test_without_a_folder_code_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "folder_of", lambda source: None)
    assert compiled(doubled).stats.cache_path is None


def test_with_numba_switched_off_functions_stay_as_they_are() -> None:
    work = "import ilpgeo.models.points_kernel as p; print(type(p.slot_of).__name__)"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(Path(jit.__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", work], check=True, capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "function"
