"""Every model has its page, and the page says what the model does."""

from pathlib import Path

import pytest

from ilpgeo.core.params import params_of
from ilpgeo.models.registry import MODELS, model_class

METHODS = Path(__file__).resolve().parents[2] / "docs" / "methods"


@pytest.mark.parametrize("name", MODELS)
def test_the_page_states_question_use_formula_cost_and_reference(name: str) -> None:
    page = (METHODS / f"{name}.md").read_text("utf-8")
    assert page.startswith(f"# {model_class(name).title}\n")
    for part in ("Question it answers", "**Use it**", "**Do not use it**", "## Formula", "## Parameters", "## Cost",
                 "## Where it differs"):  # fmt: skip
        assert part in page, part
    assert "doi.org/10." in page.split("## Reference")[1]


@pytest.mark.parametrize("name", MODELS)
def test_the_page_s_table_is_the_declaration(name: str) -> None:
    page = (METHODS / f"{name}.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]
    expected = [
        [
            f"`{p.name}`",
            p.default if isinstance(p.default, str) else f"{p.default:g}",
            p.unit,
            ", ".join(p.choices) if p.choices else f"{p.low:g} to {p.high:g}",
            p.help,
        ]
        for p in params_of(model_class(name))
    ]
    assert rows == expected
