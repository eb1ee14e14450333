"""Fixtures every room shares."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("ilpgeo", deadline=None)  # a first call may compile or import
settings.load_profile("ilpgeo")
ROOT = Path(__file__).resolve().parents[1]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the closing lines how many browser tests were skipped and what would let them run."""
    from tests.browser.driver import NO_BROWSER

    skipped = [each for each in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(each.longrepr)]
    if skipped:
        many = "1 browser test was" if len(skipped) == 1 else f"{len(skipped)} browser tests were"
        terminalreporter.section("browser tests")
        terminalreporter.line(f"{many} skipped: {NO_BROWSER}.")
        terminalreporter.line("ILPGEO_REQUIRE_BROWSER=1 makes a missing browser a failure.")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real test data beside the project, or skip."""
    folder = Path(os.environ.get("ILPGEO_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("the shared test data are not beside the project")
    return folder


@pytest.fixture(scope="session")
def toronto(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the Toronto demo workspace, made once; tests must not change it."""
    return _demo("toronto", tmp_path_factory)


@pytest.fixture(scope="session")
def england_wales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the England and Wales demo workspace, made once; tests must not change it."""
    return _demo("england-wales", tmp_path_factory)


def _demo(sample: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from ilpgeo import pipeline

    folder = tmp_path_factory.mktemp("demo") / sample
    pipeline.make_demo(sample, folder)
    return folder
