"""What the pipeline offers: every call and type that its imports name, none of them loaded before it is used."""

import subprocess
import sys

import pytest

from ilpgeo import pipeline


def test_every_public_name_is_there_and_listed():
    assert {"open_workspace", "ingest", "Status", "SETTLE_S", "taskings_due"} <= set(dir(pipeline))
    assert [name for name in dir(pipeline) if not hasattr(pipeline, name)] == []


def test_another_name_is_refused():
    with pytest.raises(AttributeError, match="has no attribute 'no_such_call'"):
        _ = pipeline.no_such_call


def test_a_call_loads_no_model_and_no_map():
    asked = (
        "import sys; from ilpgeo import pipeline; print([each for each in sys.modules if 'ilpgeo.pipeline.' in each]);"
        "pipeline.Status; print([each for each in sys.modules if each.startswith(('ilpgeo.models', 'folium'))])"
    )
    run = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.split() == ["[]", "[]"]
