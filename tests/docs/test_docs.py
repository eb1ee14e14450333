"""The documentation says what the code does: commands, settings, variables, tables, models, links, fixed names."""

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from benchmarks.__main__ import SUITES
from ilpgeo.cli.arguments import parser as command_parser
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.settings import Settings, parse_settings
from ilpgeo.ingest.rules import REASONS
from ilpgeo.pipeline import describe_models

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")]
)


def _commands() -> dict[str, set[str]]:
    [sub] = [
        action
        for action in command_parser()._actions
        if hasattr(action, "choices") and isinstance(action.choices, dict)
    ]
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


def _text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def _variables(*places: str) -> set[str]:
    def files() -> Iterator[Path]:
        for place in places:
            at = ROOT / place
            yield from [at] if at.is_file() else at.rglob("*.py")

    return {name for file in files() for name in re.findall(r"\bILPGEO_[A-Z_]+\b", file.read_text("utf-8"))}


def test_every_environment_variable_stands_in_operations() -> None:
    used = _variables("ilpgeo", "app.py", "scripts", "tests", "benchmarks", "Makefile", ".ci/run")
    assert {"ILPGEO_WORKSPACE", "ILPGEO_ALLOWED_HOSTS"} <= used
    documented = set(re.findall(r"`(ILPGEO_[A-Z_]+)`", _text("docs/operations.md")))
    assert used == documented
    rows = set(re.findall(r"^\| `(ILPGEO_[A-Z_]+)` \|", _text("docs/operations.md"), re.MULTILINE))
    assert rows == _variables("ilpgeo", "app.py")


def test_every_settings_key_stands_in_operations_and_is_one() -> None:
    table = _text("docs/operations.md").partition("### Settings")[2].partition("### Coverage")[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    known = {"coverage" if field.name == "declared" else field.name for field in fields(Settings)}
    assert documented == known
    needed = {"name": "Toy", "crs": "EPSG:32633", "timezone": "UTC", "start": date(2020, 1, 1)}
    parse_settings(needed, "toy")
    required = {name for name in known if re.search(rf"^\| `{name}` \|.*\| required \|$", table, re.MULTILINE)}
    assert required == set(needed)
    for key in documented:
        try:
            parse_settings(needed | {key: object()}, "toy")
        except InvalidInput as error:
            assert "unknown setting" not in str(error)
        except (TypeError, KeyError):
            assert key == "coverage"


def test_every_table_of_a_workspace_stands_in_operations_with_its_columns() -> None:
    page = _text("docs/operations.md")
    for table in ("offences", "harm"):
        for sample in (ROOT / "data").glob(f"*/{table}.csv"):
            columns = sample.read_text("utf-8").splitlines()[0].split(",")
            row = next(line for line in page.splitlines() if line.startswith(f"| `{table}.csv` |"))
            assert [name for name in columns if f"`{name}`" not in row] == []


@pytest.mark.parametrize("folder", ["docs/methods", "docs/decisions"])
def test_every_page_is_linked_once_from_its_index(folder: str) -> None:
    pages = sorted(page.name for page in (ROOT / folder).glob("*.md") if page.name != "README.md")
    linked = sorted(re.findall(r"\]\(([\w.-]+\.md)\)", _text(f"{folder}/README.md")))
    assert linked == pages


def test_every_decision_has_one_line_with_its_number_and_title() -> None:
    index = _text("docs/decisions/README.md")
    for page in sorted((ROOT / "docs/decisions").glob("[0-9]*.md")):
        number = page.name[:4]
        title = re.sub(r"^# \d+[.:] ", "", page.read_text("utf-8").splitlines()[0])
        assert f"- [{number}]({page.name}): {title}".lower() in index.lower()


def test_every_model_has_a_method_page_and_a_place_in_the_analysts_guide() -> None:
    guide = _text("docs/guide/analyst.md")
    for model in describe_models():
        assert (ROOT / f"docs/methods/{model['name']}.md").is_file()
        assert f"../methods/{model['name']}.md" in guide


def test_every_reason_for_quarantine_stands_in_the_data_managers_guide() -> None:
    guide = _text("docs/guide/data-manager.md")
    assert [reason for reason in REASONS if reason and f"| {reason} |" not in guide] == []


def test_every_benchmark_suite_is_named() -> None:
    assert [suite for suite in SUITES if f"`{suite}`" not in _text("docs/operations.md")] == []


def test_the_changelog_has_its_sections_in_order() -> None:
    page = _text("CHANGELOG.md")
    for version in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        sections = re.findall(r"^### (.+)$", version, re.MULTILINE)
        order = ["Added", "Changed", "Fixed", "Method"]
        assert sections
        assert sections == [name for name in order if name in sections]


def test_no_page_carries_a_path_of_somebodys_machine() -> None:
    carrying = [str(page) for page in PAGES if re.search(r"(?<![\w.])/(home|root|work|tmp)/", page.read_text("utf-8"))]
    assert not carrying
