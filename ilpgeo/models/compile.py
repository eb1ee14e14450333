"""Compiles every kernel once, at the end of the install, so that no first question waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from ilpgeo.core.answers import Answer
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import build, params_of
from ilpgeo.core.protocols import Context, Model, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.kde import kde
from ilpgeo.models.near_repeat import knox
from ilpgeo.models.registry import all_models

_YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))
_MONTH = Period(date(2022, 1, 1), date(2022, 1, 31))


def compile_kernels() -> None:
    """Ask every model a toy question with each of its choices, and each kernel that this does not reach its own.

    Where the machine code lands: see `ilpgeo.core.kernel_files`.
    """
    for model in all_models():
        for variant in _variants(model):
            ask_toy(variant)
    _compile_rest()


def ask_toy(model: Model) -> Answer | None:
    """Return the answer to the toy question, None where the model finds the toy too small to answer."""
    rng = np.random.default_rng(0)
    grid = Grid(0.0, 0.0, 100.0, 12, 10, "EPSG:32617", np.ones((10, 12), np.bool_))
    past = toy_incidents(rng)
    factors = {"toy distance_m": np.abs(np.indices(grid.shape)[1] * 100.0 - 400.0)}
    context = Context(_YEAR, population=np.full(grid.shape, 50.0), factors=factors)
    answer = None
    for weight in (past.weight, past.weight / 2):
        try:
            answer = model.answer(replace(past, weight=weight), grid, _MONTH, context, rng)
        except InvalidInput:
            continue
    return answer


def toy_incidents(rng: np.random.Generator) -> Incidents:
    """Return two hundred incidents of a year: half in three piles, half strewn."""
    x, y = rng.uniform(0, 1200, 200), rng.uniform(0, 1000, 200)
    x[:100], y[:100] = np.repeat([150.0, 450.0, 800.0], [40, 30, 30]), 350.0
    start = np.datetime64("2021-01-01T00:00:00") + rng.integers(0, 365 * 86_400, 200).astype("timedelta64[s]")
    return Incidents.from_xy(x, y, t_from=start)


def _variants(model: type[Model]) -> Iterator[Model]:
    yield build(model, {})
    for each in params_of(model):
        yield from (build(model, {each.name: choice}) for choice in each.choices if choice != each.default)


def _compile_rest() -> None:
    from ilpgeo.models.kde_transform import spread_by_transform
    from ilpgeo.models.st_dbscan_cells import labels_by_cells

    x, y = np.array([5.0, 5.0, 25.0, 95.0]), np.array([5.0, 5.0, 5.0, 95.0])
    grid = Grid(0.0, 0.0, 10.0, 10, 10, "EPSG:32617", np.ones((10, 10), np.bool_))
    kde(x, y, grid, 30.0, exact=True)
    for gaussian in (False, True):
        spread_by_transform(x, y, None, grid, 30.0, 30.0, gaussian=gaussian)
    # A lattice too large for the processor's cache is gone through in bands.
    wide = Grid(0.0, 0.0, 10.0, 100, 100, "EPSG:32617", np.ones((100, 100), np.bool_))
    spread_by_transform(x, y, None, wide, 30.0, 30.0, gaussian=False)
    # Days that are not whole are compared as they are; few bands of time are counted one by one, more by four.
    for days in (np.array([0.5, 1.0, 2.0, 3.0]), np.arange(4)):
        for edges in ([7.0], [7.0, 14.0, 21.0]):
            knox(x, y, days, [100.0], edges, 1, np.random.default_rng(0))
    # The toy incidents have too few neighbours for cells.
    for weights in (None, np.full(4, 0.4)):
        labels_by_cells(x, y, np.arange(4), weights, 30.0, 5, 2.0, unwatched)
