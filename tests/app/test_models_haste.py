"""The models page and a person in haste: what is set or open is not lost to what comes next."""

import threading
import time

from ilpgeo.models.dbscan import Dbscan
from ilpgeo.ui import working
from tests.app.pages import field
from tests.app.test_models_page import explorer, opened

__all__ = ["explorer"]


def test_what_is_set_in_haste_before_another_model_is_not_lost(explorer):
    page = opened()
    field(page, "select_slider", "Bandwidth (m)").set_value(500.0)
    next(each for each in page.button if each.key == "use-dbscan").click().run()
    assert explorer.asked[-1][0] == Dbscan()
    next(each for each in page.button if each.key == "use-kde").click().run()
    assert field(page, "select_slider", "Bandwidth (m)").value == 500.0


def test_the_part_that_was_open_stays_open_over_an_answer_that_is_waited_for(explorer, monkeypatch):
    page = opened(model="dbscan")
    part = next(each for each in page.segmented_control if each.label == "Show")
    part.set_value("Findings").run()
    monkeypatch.setattr(working, "PATIENCE_S", 0.0)
    go_on = threading.Event()
    explorer.wait = lambda progress: go_on.wait(20)
    field(page, "multiselect", "Offences").set_value(["assault"]).run()
    assert not [each for each in page.segmented_control if each.label == "Show"]
    go_on.set()
    until = time.monotonic() + 20
    while not (parts := [each.value for each in page.run().segmented_control if each.label == "Show"]):
        assert time.monotonic() < until
    assert parts == ["Findings"]
