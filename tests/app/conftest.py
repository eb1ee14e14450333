"""The made-up city behind the screens."""

import pytest
import streamlit as st

from ilpgeo import pipeline
from tests.app import fake, pages


@pytest.fixture
def serve(monkeypatch):
    """Return a function that names the workspace of the screens; nothing is kept before it or after the test."""
    st.cache_resource.clear()
    yield lambda folder: monkeypatch.setenv("ILPGEO_WORKSPACE", str(folder))
    st.cache_resource.clear()


@pytest.fixture
def city(serve, monkeypatch, tmp_path):
    """Put the made-up city in the place of the pipeline."""
    made = fake.City()
    for name in fake.CALLS:
        monkeypatch.setattr(pipeline, name, getattr(made, name), raising=False)
    serve(tmp_path)
    return made


@pytest.fixture
def open_page():
    """Return a function that opens the app at an address and runs it once."""
    return pages.opened
