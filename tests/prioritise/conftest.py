from collections.abc import Callable

import numpy as np
import pytest

from ilpgeo.prioritise.inputs import RankingInputs


@pytest.fixture
def make_inputs() -> Callable[..., RankingInputs]:
    """Return a maker of ranking inputs with random counts; any field can be given."""

    def make(n_areas: int, n_offences: int, *, seed: int = 0, mean: float = 3.0, **given: object) -> RankingInputs:
        n, k = n_areas, n_offences
        rng = np.random.default_rng(seed)
        rate = rng.gamma(2.0, mean, (n, k))
        fields: dict[str, object] = {
            "id": tuple(f"id{at}" for at in range(n)),
            "name": tuple(f"area {at:05d}" for at in range(n)),
            "parent": ("city",) * n,
            "offences": tuple(f"offence {at}" for at in range(k)),
            "trained": rng.poisson(13 * rate),
            "exposure_days": np.full(n, 365.0),
            "n": rng.poisson(rate.sum(axis=1)),
            "previous": rng.poisson(rate.sum(axis=1)),
            "previous_covered": np.ones(n, bool),
            "last_year": rng.poisson(rate.sum(axis=1)),
            "last_year_covered": np.ones(n, bool),
            "history": rng.poisson(rate.sum(axis=1)[:, None], (n, 12)),
            "history_covered": np.ones((n, 12), bool),
            "period_days": 28,
            "window_days": 28,
            "weights": np.ones(k),
            "unit": "neighbourhood",
        }
        return RankingInputs(**(fields | given))  # type: ignore[arg-type]

    return make
