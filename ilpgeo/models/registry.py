"""The models there are: a new model is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from ilpgeo.core.errors import NotFound

if TYPE_CHECKING:
    from ilpgeo.core.protocols import Model

MODELS: Mapping[str, str] = MappingProxyType({
    "prior_count": "ilpgeo.models.prior_count:PriorCount",
    "kde": "ilpgeo.models.kde:Kde",
    "dbscan": "ilpgeo.models.dbscan:Dbscan",
    "gi_star": "ilpgeo.models.gi_star:GiStar",
})  # fmt: skip
# The diagnostics that help to choose a model's settings, or to judge what it answers.
BESIDE: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def model_class(name: str) -> type[Model]:
    """Return the class of the model called `name`; its module is imported now, not before.

    Raises
    ------
    NotFound
        When there is no such model; the message lists those there are.
    """
    if name not in MODELS:
        raise NotFound(f"there is no model {name!r}; choose one of {', '.join(MODELS)}")
    module, _, attribute = MODELS[name].partition(":")
    return cast("type[Model]", getattr(import_module(module), attribute))


def all_models() -> tuple[type[Model], ...]:
    """Return every model's class in the order of the registry."""
    return tuple(model_class(name) for name in MODELS)
