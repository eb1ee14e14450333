import numpy as np
import pytest
from scipy.stats import chisquare, kstest

from ilpgeo.models.draws import alias_table, next_below, next_class, next_uniform, next_word, shuffle


def state(seed: int) -> np.ndarray:
    return np.array([seed], np.uint64)


def test_the_first_words_are_those_published_for_splitmix64() -> None:
    """Seed 1234567: the sequence the reference implementation prints."""
    stream = state(1234567)
    assert [int(next_word(stream)) for _ in range(3)] == [
        6457827717110365317, 3203168211198807973, 9817491932198370423
    ]  # fmt: skip


def test_numbers_are_spread_evenly() -> None:
    stream = state(7)
    assert kstest([next_uniform(stream) for _ in range(5000)], "uniform").pvalue > 0.01
    assert chisquare(np.bincount([next_below(stream, 6) for _ in range(6000)], minlength=6)).pvalue > 0.01


@pytest.mark.parametrize("weight", [[1.0, 2.0, 3.0, 10.0], [5.0], [0.0, 1.0, 0.0, 1.0, 0.001]])
def test_classes_are_drawn_by_their_weight(weight: list[float]) -> None:
    expected = np.array(weight) / sum(weight)
    keep, alias = alias_table(np.array(weight))
    chance = np.zeros(len(weight))
    for k in range(len(weight)):
        kept = (int(keep[k]) + 1) / 2**32
        chance[k] += kept / len(weight)
        chance[alias[k]] += (1 - kept) / len(weight)
    np.testing.assert_allclose(chance, expected, atol=1e-9)
    stream = state(3)
    drawn = np.bincount([next_class(keep, alias, stream) for _ in range(4000)], minlength=len(weight))
    some = expected > 1e-3
    assert (
        some.sum() == 1
        or chisquare(drawn[some], drawn[some].sum() * expected[some] / expected[some].sum()).pvalue > 0.01
    )


def test_every_order_comes_as_often() -> None:
    stream = state(11)
    seen: dict[tuple[int, ...], int] = {}
    for _ in range(30_000):
        values = np.arange(3, dtype=np.int32)
        shuffle(values, stream)
        seen[tuple(values.tolist())] = seen.get(tuple(values.tolist()), 0) + 1
    assert len(seen) == 6
    assert chisquare(list(seen.values())).pvalue > 0.01
