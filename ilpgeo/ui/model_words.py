"""What a model answers and when not to use it, in the words of its method page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from ilpgeo.core.types import Model

METHODS = Path(__file__).resolve().parents[2] / "docs" / "methods"
PURPOSES = MappingProxyType({
    "where": "Where do incidents concentrate?",
    "when": "When do they happen?",
    "significant": "Where is it more than chance?",
    "next": "What is to be expected next?",
    "spreading": "Where is it growing, fading or moving?",
})  # fmt: skip
TABS = MappingProxyType({
    "where": "Where",
    "when": "When",
    "significant": "Chance?",
    "next": "Next",
    "spreading": "Spreading",
})  # fmt: skip

_NEEDS = MappingProxyType({"factors": "factor layers (ilpgeo factors add)"})


@dataclass(frozen=True, slots=True)
class About:
    """What a person should know of a model before trusting it; empty where its method page does not say."""

    answers: str
    use: str
    avoid: str


def by_purpose(models: tuple[type[Model], ...]) -> dict[str, list[type[Model]]]:
    """Return the models by the purpose they serve, in the order a person asks."""
    groups = {purpose: [model for model in models if model.purpose == purpose] for purpose in PURPOSES}
    return {purpose: members for purpose, members in groups.items() if members}


@lru_cache(maxsize=64)
def about(name: str, folder: Path = METHODS) -> About:
    """Return the three paragraphs of a model's method page as plain text."""
    page = folder / f"{name}.md"
    text = page.read_text("utf-8") if page.is_file() else ""
    return About(
        _paragraph(text, "Question it answers."), _paragraph(text, "Use it"), _paragraph(text, "Do not use it")
    )


def _paragraph(text: str, opening: str) -> str:
    found = re.search(rf"^\*\*{re.escape(opening)}\*\*(.*?)(?:\n\n|\Z)", text, re.DOTALL | re.MULTILINE)
    if not found:
        return ""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", found[1])
    plain = " ".join(plain.replace("*", "").replace("`", "").split())
    return plain if opening.endswith(".") else f"{opening} {plain}"


def needed(missing: tuple[str, ...]) -> str:
    """Return why a model cannot be used.

    >>> needed(("population",))
    'Needs population, which this workspace does not have'
    >>> needed(("factors",))
    'Needs factor layers (ilpgeo factors add), which this workspace does not have'
    """
    return f"Needs {' and '.join(_NEEDS.get(each, each) for each in missing)}, which this workspace does not have"
