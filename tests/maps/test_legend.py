"""The legend names all that is drawn."""

from ilpgeo.core.briefing import Tier
from ilpgeo.maps.legend import class_legend, intensity_legend, tier_legend
from ilpgeo.maps.palette import Theme, scheme_of


def test_every_tier_is_named_with_its_mark():
    for theme in Theme:
        text = tier_legend(theme)
        for tier in Tier:
            assert f"<title>{tier.value}</title>" in text
        assert "uncertain" in text
        assert "for part" not in text
        assert "Data for part of it" in tier_legend(theme, has_part=True)


def test_words_are_escaped_and_every_step_is_there():
    text = intensity_legend("<b>", "&", "9", Theme.DARK)
    assert "<b>" not in text
    assert all(colour in text for colour in scheme_of(Theme.DARK).ramp)
    assert "<i>" not in class_legend("t", (("#000000", "<i>"),))
