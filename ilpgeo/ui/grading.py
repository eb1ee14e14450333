"""Sources chosen and weighted by how far they are trusted. Pure: value in, value out."""

from __future__ import annotations

from collections.abc import Sequence

from ilpgeo.core.grading import GradeWeights, Trust
from ilpgeo.core.sources import Registered

_CHOICES = (
    ("Reliable only", frozenset({Trust.RELIABLE})),
    ("At least mostly reliable", frozenset({Trust.RELIABLE, Trust.MOSTLY})),
    ("All but doubtful", frozenset(Trust) - {Trust.DOUBTFUL}),
)


def by_trust(register: Sequence[Registered], held: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the choices that take some of the sources and not all, each with the sources it takes."""
    trust = {each.source.name: each.source.grading.trust for each in register}
    found = {
        name: tuple(each for each in held if trust.get(each, Trust.UNGRADED) in wanted) for name, wanted in _CHOICES
    }
    return {name: fit for name, fit in found.items() if 0 < len(fit) < len(held)}


def weights_in_words(register: Sequence[Registered], asked: Sequence[str], weights: GradeWeights | None) -> str:
    """Return what each source weighs; empty where nothing is weighted."""
    if weights is None:
        return ""
    trust = {each.source.name: each.source.grading.trust for each in register}
    of = [(name, trust.get(name, Trust.UNGRADED)) for name in asked]
    return "; ".join(f"{name} {weights.of(grade):g} ({grade})" for name, grade in of)
