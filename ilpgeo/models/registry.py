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
    "adaptive_kde": "ilpgeo.models.adaptive_kde:AdaptiveKde",
    "dual_kde": "ilpgeo.models.dual_kde:DualKde",
    "prospective": "ilpgeo.models.prospective:Prospective",
    "risk_terrain": "ilpgeo.models.risk_terrain:RiskTerrain",
    "dbscan": "ilpgeo.models.dbscan:Dbscan",
    "st_dbscan": "ilpgeo.models.st_dbscan:StDbscan",
    "nnh": "ilpgeo.models.nnh:Nnh",
    "hdbscan": "ilpgeo.models.hdbscan:Hdbscan",
    "optics": "ilpgeo.models.optics:Optics",
    "gi_star": "ilpgeo.models.gi_star:GiStar",
    "local_moran": "ilpgeo.models.local_moran:LocalMoranModel",
    "emerging": "ilpgeo.models.emerging:EmergingHotSpots",
    "sepp": "ilpgeo.models.sepp:Sepp",
    "etas": "ilpgeo.models.etas:Etas",
    "blend": "ilpgeo.models.blend:Blend",
    "repeat_places": "ilpgeo.models.repeat_places:RepeatPlaces",
    "time_of_week": "ilpgeo.models.time_of_week:TimeOfWeek",
    "near_repeat": "ilpgeo.models.near_repeat:NearRepeat",
    "k_distance": "ilpgeo.models.k_distance:KDistance",
    "bandwidth": "ilpgeo.models.bandwidth:Bandwidth",
    "scan": "ilpgeo.models.scan:Scan",
    "nearest_neighbour": "ilpgeo.models.nearest_neighbour:NearestNeighbourIndex",
    "k_function": "ilpgeo.models.k_function:KFunction",
    "space_time_scan": "ilpgeo.models.scan_space_time:SpaceTimeScan",
})  # fmt: skip
# The diagnostics that help to choose a model's settings, or to judge what it answers.
BESIDE: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "prior_count": ("repeat_places", "time_of_week", "near_repeat"),
    "kde": ("bandwidth",),
    "adaptive_kde": ("bandwidth",),
    "dual_kde": ("bandwidth",),
    "prospective": ("near_repeat",),
    "dbscan": ("k_distance",),
    "optics": ("k_distance",),
    "hdbscan": ("k_distance",),
    "st_dbscan": ("k_distance", "near_repeat"),
    "nnh": ("nearest_neighbour", "repeat_places"),
    "scan": ("k_function",),
    "space_time_scan": ("near_repeat",),
    "gi_star": ("nearest_neighbour", "k_function"),
    "local_moran": ("nearest_neighbour", "k_function"),
    "sepp": ("near_repeat", "time_of_week"),
    "etas": ("near_repeat",),
    "blend": ("time_of_week", "near_repeat"),
})  # fmt: skip


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
