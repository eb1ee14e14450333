"""How much each grade weighs."""

import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.grading import GradeWeights, Trust
from ilpgeo.core.query import Level, Period, Query

SOME = GradeWeights(1, 0.8, 0.5, 0.25, 0.5)


def test_weights_are_written_and_read_the_same():
    assert GradeWeights.parse(SOME.text) == SOME and SOME.text == "1,0.8,0.5,0.25,0.5"
    assert [SOME.of(each) for each in Trust] == [1, 0.8, 0.5, 0.25, 0.5]
    assert SOME.words.startswith("reliable 1, mostly reliable 0.8, untested 0.5")


@pytest.mark.parametrize(
    "text", ["", "1", "1,1,1,1", "1,1,1,1,x", "1,1,1,1,2", "1,1,1,1,-0.1", "0,0,0,0,0", "1,1,1,1,nan"]
)
def test_weights_that_cannot_be_used_are_refused(text):
    with pytest.raises(InvalidInput, match="weight"):
        GradeWeights.parse(text)


def test_weights_that_are_all_the_same_are_no_weights():
    period = Period.parse("2023-03-01..2023-03-28")
    plain = Query(Level.LOCAL, period)
    assert Query(Level.LOCAL, period, weights=GradeWeights()) == plain
    assert Query(Level.LOCAL, period, weights=GradeWeights(0.5, 0.5, 0.5, 0.5, 0.5)) == plain
    assert Query(Level.LOCAL, period, weights=SOME) != plain
