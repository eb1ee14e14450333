"""What the lab's tests found: sentences first, then curves and tables, then the files to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from ilpgeo.core import wording as words
from ilpgeo.core.recipes import Recipe
from ilpgeo.core.types import Answer, Diagnostic, Released, Table
from ilpgeo.reports.tables import explained, tables_csv
from ilpgeo.ui import charts, lab_words, markup, model_findings, released
from ilpgeo.ui.frame import Frame

MOST_ROWS = 30


def said(found: Diagnostic) -> str:
    """Return the findings as markup."""
    return model_findings.sentences(found)


def results(around: Frame, answer: Released[Answer], name: str, *, wide: Sequence[str] = ()) -> None:
    """Draw the findings, the curves side by side, and the tables under them.

    Parameters
    ----------
    name
        Of the part: the downloads are named by it.
    wide
        Titles (or their beginnings) of tables that are left to the download or drawn elsewhere.
    """
    found = explained(answer)
    if found is None:
        return
    with st.container(key=f"{name}-said"):
        markup.show(f'<h2 class="ilp-h">{escape(found.title)}</h2>' + said(found))
    tables = [table for table in found.tables if not table.title.startswith(tuple(wide) or ("\0",))]
    drawn = [table for table in tables if table.chart != "table"]
    for at in range(0, len(drawn), 2):
        places = st.columns(2, gap="medium")
        for place, table in zip(places, drawn[at : at + 2], strict=False):
            with place:
                markup.show(charts.chart(table, around.theme))
    for table in tables:
        if table.chart == "table":
            markup.show(charts.chart(table, around.theme, most_rows=MOST_ROWS))


def downloads(
    around: Frame,
    answer: Released[Answer],
    given: Recipe,
    name: str,
    *,
    every: Recipe | None = None,
    more: str = "",
    is_test: bool = True,
) -> None:
    """Offer every table as CSV, and the recipe that gives the same numbers again.

    Parameters
    ----------
    every
        A second recipe, of all that was tried.
    more
        Options of the command beyond the recipe.
    is_test
        False for tables that no back-test made: the recipe tests the same models.
    """
    with st.container(key=f"{name}-files", horizontal=True, gap="medium"):
        released.download_made(answer, _csv, "Tables (CSV)", f"{name}.csv", "text/csv", key=f"{name}-csv")
        _recipe(given, name)
        if every is not None:
            label = f"Recipe of {words.plural(len(every.models), 'point')} (TOML)"
            released.download_recipe(every, label, f"{name}-every.toml", key=f"{name}-every")
    command(around, name, more, is_test=is_test)


def cells(answers: Mapping[str, Released[Answer]], name: str) -> None:
    """Offer the cells of maps as CSV, each by its name."""
    with st.container(key=f"{name}-cells", horizontal=True, gap="medium"):
        for at, (label, answer) in enumerate(answers.items()):
            released.download_made(
                answer, _cells, f"{label}, cells (CSV)", f"{name}-cells-{at}.csv", "text/csv", key=f"{name}-cells-{at}"
            )


def recipe_alone(around: Frame, given: Recipe, name: str) -> None:
    """Offer a recipe that has not been run yet."""
    if given.models:
        with st.container(key=f"{name}-files", horizontal=True, gap="medium"):
            _recipe(given, name)
        command(around, name, is_test=False)


def _recipe(given: Recipe, name: str) -> None:
    released.download_recipe(given, "Recipe (TOML)", f"{name}.toml", key=f"{name}-recipe")


def command(around: Frame, name: str, more: str = "", *, is_test: bool = True) -> None:
    """Say how the recipe is run on the command line, with `more` options where it needs them."""
    label = "Repeat on the command line" if is_test else "Test on the command line"
    said = "gives the same numbers to the last digit" if is_test else "gives the same test to the last digit"
    beside = "With the recipe beside it" if is_test else "The recipe beside it tests these models as Back-test does"
    folder = around.opened.workspace.folder.name
    with st.popover(label, type="tertiary", key=f"{name}-command"):
        st.code(f"ilpgeo backtest --workspace {folder} --recipe {name}.toml{more}", language="bash", wrap_lines=True)
        markup.show(f'<p class="ilp-fine">{beside}. The same recipe on the same data version {said}.</p>')


def glossary(words: Sequence[str]) -> None:
    """Explain the terms of the tables, folded away."""
    with st.expander("What the numbers mean"):
        markup.show(lab_words.glossary(words))


def table(around: Frame, given: Table) -> None:
    """Draw one table."""
    markup.show(charts.chart(given, around.theme))


def _cells(answer: Released[Answer]) -> bytes:
    from ilpgeo.reports.cells import cells_csv

    return cells_csv(answer).encode("utf-8-sig")


def _csv(answer: Released[Answer]) -> bytes:
    return tables_csv(answer).encode("utf-8-sig")
