"""Data stay data inside a script."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.maps.element import script_json


@given(st.text())
def test_any_text_survives(text: str):
    assert json.loads(script_json([text])) == [text]


@pytest.mark.parametrize("text", ["</script><script>alert(1)", "<!--", "{{'name'}}", "{{ 'name' }}", "\u2028"])
def test_nothing_can_end_the_script_or_be_resolved(text: str):
    written = script_json({"name": text})
    assert not any(part in written for part in ("<", ">", "{{", "\u2028"))


def test_a_number_that_is_none_is_an_error():
    with pytest.raises(ValueError, match="float"):
        script_json([float("nan")])
