"""The models by name, for the command line and the forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ilpgeo.core.params import Value, build, params_of
from ilpgeo.core.types import Model


def model_classes() -> tuple[type[Model], ...]:
    """Return every registered model."""
    from ilpgeo.models.registry import all_models

    return all_models()


def answers_of(model: type[Model]) -> frozenset[str]:
    """Return the kinds of answer a model declares: ``RiskSurface``, ``Clusters``, ``Significance`` and so on."""
    declared = str(model.answer.__annotations__["return"])
    return frozenset(each.strip() for each in declared.split("|"))


def is_forecast(model: type[Model]) -> bool:
    """Return whether a model says how many incidents it expects in each cell: what can be tested on days to come."""
    return bool(answers_of(model) & {"RiskSurface", "Clusters"})


def diagnostics_beside(name: str) -> tuple[type[Model], ...]:
    """Return the diagnostics that help to choose a model's settings or to judge its answer."""
    from ilpgeo.models.registry import BESIDE, model_class

    return tuple(model_class(each) for each in BESIDE.get(name, ()))


def build_model(name: str, settings: Mapping[str, str | Value]) -> Model:
    """Return the model of this name with its settings checked; raise NotFound or InvalidInput."""
    from ilpgeo.models.registry import model_class

    return build(model_class(name), settings)


def describe_models() -> list[dict[str, Any]]:
    """Return name, title, purpose, summary, needs and parameters of every model, JSON-able."""
    return [
        {
            "name": model.name,
            "title": model.title,
            "purpose": model.purpose,
            "summary": model.summary,
            "needs": sorted(model.needs),
            "parameters": [asdict(each) for each in params_of(model)],
        }
        for model in model_classes()
    ]
