"""The matrix of an assessment: one well-formed picture in which names neither overlap nor leave the frame."""

import re
from datetime import date
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.assessment import Direction
from ilpgeo.core.query import Period
from ilpgeo.cycle.threats import Group, assess_groups
from ilpgeo.ui.matrix import HEIGHT, NARROW_HEIGHT, NARROW_WIDTH, WIDTH, matrix

MARCH = Period(date(2021, 3, 1), date(2021, 3, 31))
COUNTS = st.integers(0, 500)
LETTER_PX = 5.5  # of a letter of 11 px on average
SIDES = {None: (0, 0), "start": (0, 1), "middle": (0.5, 0.5), "end": (1, 0)}  # shares before and after the anchor


def threats(rows):
    groups = [
        Group(f"Offence <{at}> & more", n, before, year, (), weight, 1, 0, None)
        for at, (n, before, year, weight) in enumerate(rows)
    ]
    return assess_groups(groups, MARCH)


@given(
    st.lists(
        st.tuples(COUNTS, COUNTS | st.none(), COUNTS | st.none(), st.sampled_from([0.0, 1.0, 400.0])), max_size=14
    ),
    st.booleans(),
    st.booleans(),
)
def test_any_groups_make_one_picture_with_names_apart(rows, is_year, is_narrow):
    shown = threats(rows)
    width, height = (NARROW_WIDTH, NARROW_HEIGHT) if is_narrow else (WIDTH, HEIGHT)
    drawn = ElementTree.fromstring(matrix(shown, "the month before", is_year=is_year, is_narrow=is_narrow))
    labels = [each for each in drawn.iter() if each.get("class") == "ilp-label"]
    visible = [each for each in shown if each.harm_share is not None]
    named = [each for each in visible if each.harm_share >= 0.01]
    assert len(labels) == len(named)
    told = "".join(drawn.itertext())
    left = len(visible) - len(named)
    assert ("with under 1\u202f% of it: in the table" in told) is bool(left) and (
        not left or f"{left} more group" in told
    )
    heights = sorted(float(each.get("y")) for each in labels)
    assert all(0 < y < height for y in heights)
    for each in drawn.iter():
        x = float(each.get("x", 0))
        assert 0 <= x <= width
        before, after = SIDES[each.get("text-anchor")]
        letters = LETTER_PX * len(each.text or "")
        assert x - before * letters >= 0 and x + after * letters <= width, "no word leaves the picture"
        if each.get("class") == "ilp-interval":
            assert 0 <= float(each.get("x1")) <= float(each.get("x2")) <= width


def test_shape_and_words_say_the_direction():
    picture = matrix(threats([(100, 40, None, 1.0), (40, 100, None, 1.0), (50, 50, None, 1.0)]), "x", is_year=False)
    assert picture.count('class="ilp-rise"') == 2 == picture.count('class="ilp-fall"')  # one mark, one in the key
    said = re.search("<title>(.*?)</title>", picture).group(1)
    assert said.count("more") >= 1 and "fewer" in said and "no clear change" in said
    assert matrix(threats([(9, None, None, 1.0)]), "x", is_year=False).count('class="ilp-unknown"') == 2
    assert Direction.UNKNOWN in matrix(threats([(9, None, None, 1.0)]), "x", is_year=True)
