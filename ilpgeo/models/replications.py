"""Monte Carlo replications over two threads, and the p value they give."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.protocols import Progress

Seeds = npt.NDArray[np.uint64]

_THREADS = 2
_CHUNKS = 200


def replicate(
    run: Callable[[Seeds], FloatArray], replications: int, rng: np.random.Generator, progress: Progress
) -> FloatArray:
    """Return what `run` finds in each replication, shape (replications, ...).

    Each replication has a seed of its own, so that the answer does not depend on the threads. `run` releases the
    interpreter lock and gets a few seeds at a time; `progress` is called between, and may raise Cancelled.

    Notes
    -----
    `replications` times the cost of one, over two threads.
    """
    seeds = rng.integers(0, 2**64, replications, dtype=np.uint64)
    chunks = np.array_split(seeds, min(_CHUNKS, max(1, replications)))
    done = []
    with ThreadPoolExecutor(_THREADS) as pool:
        waiting = [pool.submit(run, chunk) for chunk in chunks]
        try:
            for each in waiting:
                done.append(each.result())
                progress(len(done) / len(chunks))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return np.concatenate(done)


def p_value(observed: FloatArray, simulated: FloatArray) -> FloatArray:
    """Return (1 + replications at least as high) / (1 + replications) of each observed value.

    Notes
    -----
    A replication equal to rounding counts as equally high. Dwass (1957), doi:10.1214/aoms/1177707045.
    """
    height = np.sort(simulated)
    below = np.searchsorted(height, np.asarray(observed) * (1 - 1e-9), side="left")
    return np.asarray((1.0 + len(height) - below) / (1.0 + len(height)), np.float64)
