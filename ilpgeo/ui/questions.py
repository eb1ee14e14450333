"""The questions of the models page: asked once, kept, shown while they last."""

from __future__ import annotations

from ilpgeo import pipeline
from ilpgeo.core.protocols import Progress
from ilpgeo.ui import cache, working
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.model_view import ModelView


def explored(around: Frame, shown: ModelView, *, key: str) -> pipeline.Explored | None:
    """Return the answer to what a view asks; None where the person stopped it.

    Parameters
    ----------
    key
        The place on the page; unique there.
    """
    model, access = shown.model, around.access
    question = (around.key, model.name, repr(model), shown.cell_m, shown.ahead_days, shown.query, access, shown.as_of)

    def work(progress: Progress) -> pipeline.Explored:
        return pipeline.explore(
            around.opened,
            model,
            shown.query,
            access,
            shown.as_of,
            cell_m=shown.cell_m,
            ahead_days=shown.ahead_days,
            progress=progress,
        )

    return working.worked_out(
        cache.explored(),
        question,
        work,
        f"Working out {model.title}; the picture follows",
        key=key,
    )
