"""A page's view and the address line, told in the order in which a browser and a server hear of each other."""

from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode

import pytest

from ilpgeo.ui import again, held
from ilpgeo.ui.held import Held


class Browser:
    """Keeps an address line, and hears what the server writes there only when it comes to it."""

    def __init__(self) -> None:
        self.line = ""
        self.heard: list[str] = []
        self.told: dict[str, list[str]] = {}

    def tell(self) -> None:
        """Send a question, with the address that the line shows now."""
        self.told = parse_qs(self.line)

    def hear(self) -> None:
        """Take in all that was written."""
        for line in self.heard:
            self.line = line
        self.heard.clear()

    def __iter__(self):
        return iter(self.told)

    def get_all(self, name):
        return self.told[name]

    def from_dict(self, address):
        self.told = dict(address)
        self.heard.append(urlencode(address, doseq=True))


class EndOfRun(Exception):
    """Raised where Streamlit ends a run to begin the next."""


def end_run() -> None:
    raise EndOfRun


@pytest.fixture
def browser(monkeypatch):
    made = Browser()
    server = SimpleNamespace(session_state={}, query_params=made, rerun=end_run)
    for module in (held, again):
        monkeypatch.setattr(module, "st", server)
    return made


def page() -> Held[str]:
    return Held("page", lambda value: {"value": [value]})


def read(address):
    return address.get("value", ["300"])[0], ()


def opened(browser: Browser, shown: Held[str]) -> None:
    browser.tell()
    shown.load(read)
    shown.save()
    browser.hear()


def test_a_value_moved_back_before_the_browser_heard_of_it_stands_in_the_address_line(browser):
    shown = page()
    opened(browser, shown)
    assert browser.line == "value=300"
    browser.tell()
    shown.put("400")
    shown.save()
    browser.tell()  # with the line of before: 400 was not heard of yet
    shown.put("300")
    shown.save()
    browser.hear()
    assert browser.line == "value=300"


def test_the_way_back_writes_nothing_so_that_the_way_forward_stays(browser):
    shown = page()
    opened(browser, shown)
    browser.tell()
    shown.put("400")
    shown.save()
    browser.hear()
    browser.line = "value=300"
    browser.tell()
    shown.load(read)
    assert shown.current() == "300"
    shown.save()
    assert not browser.heard


def test_a_run_the_page_asked_for_is_not_led_back_by_the_address_of_before(browser):
    shown = page()
    opened(browser, shown)
    browser.tell()
    shown.put("400")
    shown.save()
    browser.tell()  # a beat, sent before 400 was heard of
    with pytest.raises(EndOfRun):
        again.draw_again()
    again.begin()
    shown.load(read)
    assert shown.current() == "400"
    shown.save()
    browser.hear()
    assert browser.line == "value=400"

    browser.line = "value=300"  # the way back, a step of the person
    browser.tell()
    again.begin()
    shown.load(read)
    assert shown.current() == "300"


def test_acts_wait_for_the_fields_and_are_all_done(browser, monkeypatch):
    drawn_again = []
    monkeypatch.setattr(again, "draw_again", lambda: drawn_again.append(True))
    shown = page()
    opened(browser, shown)
    before = shown.key("field")
    shown.ask(lambda value: f"{value}!", is_opening=False)
    assert shown.current() == "300"
    shown.put("400")  # what a field held
    shown.act()
    assert (shown.current(), shown.start(), shown.key("field")) == ("400!", "400!", before)
    shown.ask(lambda value: f"{value}a")
    shown.ask(lambda value: f"{value}b", is_opening=False)
    shown.act()
    assert shown.current() == "400!ab" and shown.key("field") != before
    shown.act()
    assert shown.current() == "400!ab" and len(drawn_again) == 2
