"""How the tests of the screens open one, read all it says, and fill and press what stands on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

APP = Path(__file__).resolve().parents[2] / "app.py"
SCREENS = APP.parent / "ilpgeo" / "ui" / "screens"


def opened(file: Path = APP, **address: str) -> AppTest:
    """Open the app, or a screen alone, at an address and run it once."""
    return _at(AppTest.from_file(str(file), default_timeout=60), address)


def gone_to(screen: str, **address: str) -> AppTest:
    """Open the app, then go to a screen at an address."""
    page = opened()
    page.query_params.clear()
    page.switch_page(f"ilpgeo/ui/screens/{screen}")
    return _at(page, address)


def _at(page: AppTest, address: dict[str, str]) -> AppTest:
    for name, value in address.items():
        page.query_params[name.replace("_", "-")] = value
    return page.run()


def said(page: AppTest) -> str:
    """Return all the page says."""
    shown = [*page.markdown, *page.success, *page.warning, *page.info, *page.error, *page.caption]
    return "\n".join(each.value for each in shown)


def field(page: AppTest, kind: str, label: str) -> Any:
    """Return the field of a kind with this label."""
    return next(each for each in page.get(kind) if each.label == label)


def press(page: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(each for each in page.button if each.label == label).click().run()
