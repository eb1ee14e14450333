"""Where the wall cannot be: the demo mode says what to start instead."""

from ilpgeo.ui import nav
from tests.app import pages


def test_the_demo_mode_says_what_the_display_needs():
    page = pages.opened(pages.SCREENS / "display.py")
    assert not page.exception
    assert any("ilpgeo serve" in each.value for each in page.markdown)


def test_the_display_is_a_page_that_no_menu_lists():
    [entry] = [each for each in nav.PAGES if each.url_path == "display"]
    assert not entry.is_listed
    assert [each.url_path for each in nav.PAGES if not each.is_listed] == ["display"]
