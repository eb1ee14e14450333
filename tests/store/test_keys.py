import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.store.keys import SeenKeys

keys = st.lists(st.integers(0, 20) | st.integers(2**64 - 3, 2**64 - 1), max_size=30)


@given(stored=keys, batches=st.lists(keys, max_size=6))
def test_a_key_is_admitted_the_first_time_only(stored: list[int], batches: list[list[int]]) -> None:
    seen = SeenKeys(np.array(stored, np.uint64))
    known = set(stored)
    for each in batches:
        expected = []
        for key in each:
            expected.append(key not in known)
            known.add(key)
        assert seen.admit(np.array(each, np.uint64)).tolist() == expected


def test_memory_stays_near_eight_bytes_a_key() -> None:
    import tracemalloc

    rng = np.random.default_rng(3)
    n, batch = 400_000, 20_000
    tracemalloc.start()
    stored = rng.integers(0, 2**63, n).astype(np.uint64)
    tracemalloc.reset_peak()
    seen = SeenKeys(stored)
    for _ in range(20):
        seen.admit(rng.integers(0, 2**63, batch).astype(np.uint64))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 * (n + 20 * batch)
