"""Drift, loss and closeness by hand."""

import math
from dataclasses import replace
from datetime import date

import pytest

from ilpgeo.core.publications import Drift, Measured
from ilpgeo.core.query import Level, Period, Query
from tests.contracts.records import PUBLICATION, VERDICT

TESTED = Measured(0.36, 0.34, 0.38)
SINCE = Period(date(2022, 1, 1), date(2022, 4, 22))


@pytest.mark.parametrize(
    ("live", "n_windows", "has_drifted"),
    [
        (Measured(0.30, 0.28, 0.32), 4, True),
        (Measured(0.30, 0.28, 0.32), 3, False),
        (Measured(0.35, 0.34, 0.355), 9, False),
        (Measured(0.33, 0.28, 0.38), 4, False),
        (Measured(0.45, 0.43, 0.47), 9, False),
        (Measured(math.nan), 9, False),
    ],
)
def test_drift_is_told_where_the_live_rate_falls_out_below(live, n_windows, has_drifted):
    assert Drift(live, live, n_windows, SINCE, 100, TESTED).has_drifted == has_drifted


@pytest.mark.parametrize(
    ("live", "n_windows", "is_outside"),
    [
        (Measured(0.30, 0.28, 0.32), 4, True),
        (Measured(0.33, 0.28, 0.38), 4, True),  # which may be chance: it has not surely drifted
        (Measured(0.33, 0.28, 0.38), 3, False),
        (Measured(0.34, 0.30, 0.38), 9, False),
        (Measured(0.38, 0.35, 0.40), 9, False),
        (Measured(0.45, 0.43, 0.47), 9, True),
        (Measured(math.nan), 9, False),
    ],
)
def test_a_live_rate_outside_the_interval_is_told_as_such(live, n_windows, is_outside):
    assert Drift(live, live, n_windows, SINCE, 100, TESTED).is_outside == is_outside
    assert not Drift(live, live, n_windows, SINCE, 100, Measured(0.36)).is_outside


def test_without_an_interval_of_the_back_test_there_is_no_drift():
    live = Measured(0.1, 0.05, 0.15)
    assert not Drift(live, live, 9, SINCE, 100, Measured(0.36)).has_drifted


def test_loss_and_sure_loss():
    assert not VERDICT.is_loss
    assert replace(VERDICT, difference=Measured(-0.01, -0.03, 0.01)).is_loss
    assert not replace(VERDICT, difference=Measured(-0.01, -0.03, 0.01)).is_sure_loss
    assert replace(VERDICT, difference=Measured(-0.02, -0.03, -0.01)).is_sure_loss
    assert replace(VERDICT, hit_rate=Measured(math.nan)).is_empty


def test_what_a_publication_speaks_of():
    line = ("a1", "d1", "city")
    query = Query(Level.LOCAL, SINCE, offences=("Robbery",))
    assert PUBLICATION.fits(query, line)
    assert not PUBLICATION.fits(query, ("a2", "d1", "city"))
    assert not PUBLICATION.fits(replace(query, offences=()), line)
    assert not PUBLICATION.fits(replace(query, offences=("Robbery", "Assault")), line)
    assert not PUBLICATION.fits(replace(query, level=Level.REGIONAL), line)
    wide = replace(PUBLICATION, area="", offence="", level=None)
    assert wide.fits(replace(query, offences=(), level=Level.NATIONAL), ())
    ordered = [
        wide,
        replace(wide, level=Level.LOCAL),
        replace(wide, offence="Robbery"),
        replace(wide, area="city"),
        replace(wide, area="d1"),
        replace(wide, area="a1"),
        PUBLICATION,
    ]
    assert sorted(ordered, key=lambda each: each.specificity(line)) == ordered


def test_it_is_shown_to_its_last_day():
    assert PUBLICATION.is_valid(PUBLICATION.expires_on)
    assert not PUBLICATION.is_valid(date(2026, 5, 31))
