"""The page of results: losses are named first, sums are right, what is missing is said."""

from typing import Any

from benchmarks.accuracy import QUESTIONS
from benchmarks.accuracy_page import page


def model(name: str, over: list[float | None], blend_over: list[float | None]) -> dict[str, Any]:
    return {
        "name": name, "title": name.upper(), "hit_rate": [[0.2, 0.1, 0.3]], "over_prior": [over],
        "blend_over": [blend_over], "log_score_gained": [0.5, 0.1, 0.9], "expected_per_incident": 1.01,
    }  # fmt: skip


def result(offence: str, prior: list[float | None], kde: list[float | None]) -> dict[str, Any]:
    return {
        "city": "Sometown", "offence": offence, "horizon": "7d", "learn_days": 365, "cell_m": 150.0, "windows": 26,
        "first": "2020-01-01", "last": "2020-06-30", "cells": 1000, "incidents": 500.0, "learnt": 900.0,
        "models": [
            model("prior_count", [0, 0, 0], prior), model("blend", prior, [0, 0, 0]), model("kde", [0, 0, 0], kde),
        ],
    }  # fmt: skip


def test_losses_are_named_and_counted() -> None:
    text = page([result("theft", [0.02, 0.01, 0.03], [-0.02, -0.03, -0.01])], ("2%",), ["Elsewhere / theft"])
    assert "- Sometown, theft, 7d, learning from 365 days, cells of 150 m, 2%: -2.0 (-3.0 to -1.0) beside KDE" in text
    assert "| KDE | 1 | 0% | 0 | 0 | 1 | 1 | -2.00 |" in text
    assert "| PRIOR_COUNT | 1 | 100% | 1 | 1 | 0 | 0 | +2.00 |" in text
    assert "caught more than the prior count in 1 of 1" in text
    assert "- Elsewhere / theft" in text


def test_what_nothing_was_chosen_on_is_told_apart() -> None:
    chosen = result("theft", [0.02, 0.01, 0.03], [0.02, 0.01, 0.03])
    unseen = {**result("arson", [-0.02, -0.03, 0.01], [0.01, -0.01, 0.03]), "unseen": True}
    text = page([chosen, unseen], ("2%",))
    assert "in 1 of 2 combinations" in text
    assert "On the 1 questions of cities and offences that no choice was made on: in 0 of 1 (0%)" in text
    alone = text.split("unseen cities and offences alone")[1].split("###")[0]
    assert "| KDE | 1 | 100% | 1 | 0 | 0 | 0 | +1.00 |" in alone
    assert "### arson, 7d, 365 days, 150 m, unseen" in text and "### theft, 7d, 365 days, 150 m\n" in text
    assert "0 of 4 comparisons" in text


def test_short_pasts_are_told_apart() -> None:
    short = {**result("arson", [-0.02, -0.03, 0.01], [0.01, -0.01, 0.03]), "learn_days": 60}
    text = page([result("theft", [0.02, 0.01, 0.03], [0.02, 0.01, 0.03]), short], ("2%",))
    assert "On the 1 questions with 120 days of past or fewer: in 0 of 1 (0%)" in text
    alone = text.split("120 days of past or fewer\n")[1].split("###")[0]
    assert "| KDE | 1 | 100% | 1 | 0 | 0 | 0 | +1.00 |" in alone


def test_a_city_asked_of_two_files_is_counted_once() -> None:
    shot, killed = (
        {**result("homicide", [0.02, 0.01, 0.03], [0.0, -0.1, 0.1]), "city": f"Sometown, {file}"}
        for file in ("shootings", "homicides")
    )
    assert "on 2 questions from 1 cities and police forces" in page([shot, killed], ("2%",))


def test_last_year_left_out_is_said_and_not_counted() -> None:
    kept = result("theft", [0.02, 0.01, 0.03], [0.02, 0.01, 0.03])
    kept["models"].append({**model("last_year", [0, 0, 0], [0.03, 0.01, 0.05]), "title": "Same days last year"})
    left_out = {**result("arson", [0.02, 0.01, 0.03], [0.02, 0.01, 0.03]), "learn_days": 60}
    text = page([left_out, kept], ("2%",))
    short, whole = text.split("### arson")[1].split("### theft")
    assert "is left out: the data lack some or all of those days" in short and "left out" not in whole
    assert "| Same days last year | 1 | 100% | 1 | 1 | 0 | 0 | +3.00 |" in text
    assert "*Same days last year* is left out of 1 of these 2 questions" in text
    assert "*Same days last year* is left out of 1 of these 1 questions" in text.split("120 days of past or fewer\n")[1]
    assert "0 of 5 comparisons" in text
    assert "left out of" not in page([kept], ("2%",))


def test_one_baseline_of_two_titles_is_told_by_both() -> None:
    titled = [
        {
            **result(title, [0.02, 0.01, 0.03], [0.0, -0.1, 0.1]),
            "models": [{**model("last_weeks", [0, 0, 0], [0.02, 0, 0.1]), "title": title}],
        }
        for title in ("Last four weeks", "Last month")
    ]
    assert "| Last four weeks / Last month | 2 | 100% | 2 | 0 | 0 | 0 | +2.00 |" in page(titled, ("2%",))


def test_a_difference_that_is_not_sure_is_no_loss() -> None:
    text = page([result("theft", [-0.01, -0.03, 0.01], [0.0, None, None])], ("2%",))
    assert "None: no interval lies entirely below zero." in text
    assert "in 0 of 1" in text


def test_questions_have_names_of_their_own() -> None:
    assert len({question.key for question in QUESTIONS}) == len(QUESTIONS)
