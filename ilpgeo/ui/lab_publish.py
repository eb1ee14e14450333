"""From a back-test in the lab to a publication."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.publications import Draft
from ilpgeo.core.recipes import Entry
from ilpgeo.ui import markup, publish
from ilpgeo.ui.frame import Frame

if TYPE_CHECKING:
    from ilpgeo.pipeline import Tested


def offer(around: Frame, result: Tested) -> None:
    """Offer the models of a back-test for publication, each with what the test said of it."""
    recipe = result.recipe
    if len(recipe.areas) > 1 or len(recipe.offences) > 1 or recipe.sources:
        markup.show(
            '<p class="ilp-fine">A model is published for one offence or all, and one area or everywhere, from all '
            "sources: test it so.</p>"
        )
        return
    model = st.selectbox(
        "Publish", list(recipe.models), None, _titled, key="lab-publish-model", placeholder="Choose what commanders see"
    )
    if model is None:
        return
    draft = Draft(
        model=model,
        offence="".join(recipe.offences),
        area="".join(recipe.areas),
        cell_m=recipe.cell_m,
        recipe=recipe,
    )
    publish.publishing(around, draft, key="lab-publish", tested=result)
    publish.publications(around, key="published")


def _titled(model: Entry) -> str:
    return pipeline.titled(pipeline.build_model(model.name, model.settings))
