import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.grading import Trust
from ilpgeo.core.sources import SCALES, Grading, Scale, Source

KNOWN = {"name": "calls", "agency": "City Police", "owner": "Desk", "legal_basis": "Police Act"}


def test_every_fault_is_told_at_once():
    with pytest.raises(InvalidInput) as told:
        Source("", " ", "", "", Grading(Scale.FOUR, "E", ""), refresh_days=-1, retention_days=99_999)
    assert len(told.value.faults) == 8
    assert "grade 'E' is no reliability of 4x4; it has A, B, C, X" in str(told.value)


def test_each_scale_has_as_many_marks_as_its_name_says():
    sizes = {
        scale: (len(each.reliability), len(each.information), len(each.handling)) for scale, each in SCALES.items()
    }
    assert sizes == {Scale.FOUR: (4, 4, 0), Scale.SIX: (6, 6, 0), Scale.UK: (3, 5, 2)}
    assert all(set(each.trust) == set(each.reliability) for each in SCALES.values())


@pytest.mark.parametrize(
    ("grading", "code", "trust", "words"),
    [
        (Grading(Scale.FOUR, "B", "2"), "B2", Trust.MOSTLY, "in most instances reliable"),
        (Grading(Scale.SIX, "F", "6"), "F6", Trust.UNTESTED, "truth cannot be judged"),
        (Grading(Scale.UK, "3", "E", "C"), "3/E/C", Trust.DOUBTFUL, "with conditions"),
        (Grading(), "", Trust.UNGRADED, "not graded"),
    ],
)
def test_a_grade_speaks_in_its_scales_words(grading, code, trust, words):
    assert grading.faults() == []
    assert (grading.code, grading.trust) == (code, trust)
    assert words in grading.sentence()


def test_half_a_grade_is_refused():
    assert "both" in Grading(Scale.SIX, "A", "").faults()[0]
