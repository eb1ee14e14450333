"""The documentation says what the code does: commands, links, fixed names."""

import re
from pathlib import Path

import pytest

from ilpgeo.cli import _parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")]
)


def _commands() -> dict[str, set[str]]:
    [sub] = [action for action in _parser()._actions if hasattr(action, "choices") and isinstance(action.choices, dict)]
    return {
        name: {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
        for name, parser in sub.choices.items()
    }


@pytest.mark.parametrize("command", sorted(_commands()))
def test_every_command_and_option_stands_in_the_readme(command: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"ilpgeo {command}" in readme
    assert f"| `{command}` |" in readme
    documented = "\n".join(page.read_text("utf-8") for page in PAGES)
    missing = [option for option in _commands()[command] - {"--help"} if option not in documented]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8"))
    broken = [link for link in links if not (page.parent / link).exists()]
    assert not broken


def test_no_page_carries_a_path_of_somebodys_machine() -> None:
    carrying = [str(page) for page in PAGES if re.search(r"(?<![\w.])/(home|root|work|tmp)/", page.read_text("utf-8"))]
    assert not carrying
