"""What a start loads, and what it leaves to those who ask for it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import streamlit.delta_generator

from ilpgeo.ui import preload

# SQLAlchemy is asked for: the handling rules of registered sources hold from the first picture on.
UNASKED = ("pandas", "geopandas", "pyarrow.dataset", "sklearn", "numba", "PIL", "alembic", "fpdf", "pptx")


def alone(work: str, workspace: Path) -> str:
    """Run a script in a process of its own and return what it says."""
    environment = {"ILPGEO_WORKSPACE": str(workspace), "PYTHONPATH": str(Path(preload.__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", work], check=True, timeout=120, capture_output=True, text=True, env=environment
    )
    return done.stdout.strip()


def test_the_first_page_is_made_ready_without_what_it_does_not_need(toronto: Path):
    work = (
        "import sys; from ilpgeo.ui import preload, cache; preload.preload(); preload.wait();"
        "key, opened = cache.workspace();"
        "import streamlit.runtime.caching as c;"
        f"print([name for name in {UNASKED!r} if name in sys.modules],"
        "'folium' in sys.modules, 'ilpgeo.ui.mapview' in sys.modules, 'areas' in vars(opened))"
    )
    assert alone(work, toronto) == "[] True True True"


def test_the_gaps_beside_the_first_map_load_no_compiler(toronto: Path):
    work = (
        "import sys; from datetime import date; from ilpgeo import pipeline; from ilpgeo.core.types import Access;"
        f"opened = pipeline.open_workspace(__import__('pathlib').Path({str(toronto)!r}));"
        "pipeline.known_gaps(opened, Access(), date(2024, 1, 1)); print('numba' in sys.modules)"
    )
    assert alone(work, toronto) == "False"


def test_without_a_workspace_the_screen_says_why_and_the_preload_nothing(tmp_path: Path):
    work = "from ilpgeo.ui import preload; preload.preload(); preload.wait(); print('over')"
    assert alone(work, tmp_path / "none") == "over"


def test_pandas_can_be_had_after_maps_were_loaded_without_it(tmp_path: Path):
    work = (
        "import sys; from ilpgeo.ui import preload; preload._import_maps();"
        "assert 'pandas' not in sys.modules;"
        "import pandas, geopandas, pyarrow as pa, requests, numpy.f2py;"
        "assert pa.array(pandas.Series([1, 2])).to_pylist() == [1, 2];"
        "print(requests.codes.ok, requests.Session.__name__, numpy.f2py.run_main.__name__)"
    )
    assert alone(work, tmp_path) == "200 Session run_main"


def test_a_postponed_module_is_loaded_when_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "ilp_later.py").write_text("LOADED = True\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    preload.postpone("ilp_later")
    later = __import__("ilp_later")
    assert "LOADED" not in vars(later)
    assert not hasattr(later, "__wrapped__")
    assert "LOADED" not in vars(later)
    assert later.LOADED
    assert not hasattr(later, "nothing")
    sys.modules.pop("ilp_later")


def test_absent_leaves_a_loaded_module_alone():
    with preload.absent("threading"):
        import threading as again
    assert again is threading


def test_streamlit_still_has_what_is_switched_off():
    assert hasattr(streamlit.delta_generator, "_use_warning_has_been_displayed")
    assert callable(streamlit.delta_generator._maybe_print_use_warning)
