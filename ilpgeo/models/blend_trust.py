"""What a blend's surfaces are trusted with before any window has taught: the shorter the past, the more as it advises.

A short past holds few windows to learn weights from, yet every one of its incidents can say at which scale the others
foretell it.
"""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.models.blend_surfaces import COMPONENTS, Surfaces
from ilpgeo.models.mixture import learn_weights

_AGAINST = 1 / 3  # of the trust stands against the advice: a handful of incidents hardly moves it


def trust_beforehand(known: Surfaces, taught_share: float) -> FloatArray:
    """Return the pseudo-incidents of every component, shape (k,): the advice, fading as windows teach for longer.

    Parameters
    ----------
    known
        Moved on to the first day foretold.
    taught_share
        How much of what windows should teach they do teach, 0 to 1 (see `blend_windows.taught_share`). Its square is
        kept of the components' own trust, so that the advice is nearly whole at a third; at 1 nobody is asked.
    """
    trust = np.array([each.trust for each in COMPONENTS])
    if taught_share >= 1:
        return trust
    kept = taught_share**2
    return np.asarray(kept * trust + (1 - kept) * advised_trust(known), np.float64)


def advised_trust(known: Surfaces) -> FloatArray:
    """Return the trust shared out anew, shape (k,), of the same sum, as the incidents `known` holds advise.

    The shares are the weights of the long-run surfaces and the even ground under which every incident was most likely,
    each left out of the surfaces itself. Without incidents the trust stays as it is; what is not trusted from the start
    never is.

    Notes
    -----
    With f_k(c | -1) the surface without one incident of cell c, n_c the incidents there and b_k the trust, the shares v
    maximise sum_c n_c log sum_k v_k f_k(c | -1) + sum_k (b_k / 3) log v_k: leave-one-out cross-validation (Stone 1974,
    doi:10.1111/j.2517-6161.1974.tb00994.x). O(occupied cells x long-run surfaces) for each iteration.
    """
    trust = np.array([each.trust for each in COMPONENTS])
    asked = trust > 0
    made, n = known.left_one_out()
    shared = np.zeros(len(trust))
    shared[asked] = learn_weights(made, n, trust[asked] * _AGAINST, iterations=100, tolerance=1e-4)
    return np.asarray(shared * trust.sum(), np.float64)
