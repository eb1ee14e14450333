"""The made-up city behind the screens."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ilpgeo import pipeline
from tests.app import fake

APP = Path(__file__).resolve().parents[2] / "app.py"


@pytest.fixture
def city(monkeypatch, tmp_path):
    """Put the made-up city in the place of the pipeline."""
    st.cache_resource.clear()
    made = fake.City()
    for name in fake.CALLS:
        monkeypatch.setattr(pipeline, name, getattr(made, name), raising=False)
    monkeypatch.setenv("ILPGEO_WORKSPACE", str(tmp_path))
    yield made
    st.cache_resource.clear()


@pytest.fixture
def open_page():
    """Return a function that opens the app at an address and runs it once."""

    def opened(**address) -> AppTest:
        page = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in address.items():
            page.query_params[name.replace("_", "-")] = value
        return page.run()

    return opened
