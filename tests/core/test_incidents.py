import numpy as np
import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents

REPORTED = np.array(["2021-06-01T12:00:00", "NaT", "2021-06-03T04:00:00"], "datetime64[s]")


def three(**more) -> Incidents:
    bare = Incidents.from_xy(np.arange(3.0), np.arange(3.0))
    return Incidents(**{name: getattr(bare, name) for name in Incidents.__slots__} | more)


def test_when_it_was_reported_goes_with_the_rows():
    chosen = three(t_reported=REPORTED).select(np.array([2, 1]))
    np.testing.assert_array_equal(chosen.t_reported, REPORTED[[2, 1]])
    assert not chosen.t_reported.flags.writeable
    assert three().select(np.array([0])).t_reported is None


def test_to_a_frame_and_back():
    for given in (three(), three(t_reported=REPORTED)):
        frame = given.to_geodataframe()
        assert ("t_reported" in frame) == (given.t_reported is not None)
        back = Incidents.from_geodataframe(frame)
        np.testing.assert_array_equal(back.x, given.x)
        np.testing.assert_array_equal(back.t_from, given.t_from)
        if given.t_reported is None:
            assert back.t_reported is None
        else:
            np.testing.assert_array_equal(back.t_reported, given.t_reported)


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(InvalidInput, match="t_reported"):
        three(t_reported=REPORTED[:2])
