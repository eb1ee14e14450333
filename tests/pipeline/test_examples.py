"""The demo's example taskings: marked, on real places, added once."""

from datetime import date

from ilpgeo import pipeline
from ilpgeo.core.taskings import State
from ilpgeo.core.types import Access
from ilpgeo.pipeline.examples import add_example_taskings
from tests.pipeline import city
from tests.pipeline.test_evaluated import rows

TODAY = date(2026, 3, 1)


def test_examples_are_marked_and_added_once(tmp_path):
    opened = city.make_city(tmp_path / "ws")
    add_example_taskings(opened, TODAY)
    assert pipeline.tasking_board(opened, Access(), TODAY).value.taskings == ()  # no data yet
    pipeline.ingest(opened, city.write(tmp_path / "incidents.csv", rows()))
    opened = pipeline.open_workspace(tmp_path / "ws")
    for _ in range(2):
        add_example_taskings(opened, TODAY)
    found = pipeline.tasking_board(opened, Access(), TODAY).value.taskings
    assert [each.value.state for each in found] == [State.DONE, State.RUNNING, State.PROPOSED]
    assert all(each.value.is_example and each.value.aim.startswith("Example") for each in found)
    assert found[0].value.place.name == "Area 1"  # two a day all year, the most
    assert found[0].value.ends_on == date(2023, 4, 28) and found[0].minutes_given == 120
    assert all(one.value.is_example for each in found for one in each.outcomes)
    assert [each.due for each in pipeline.taskings_due(opened, Access(), TODAY)] == ["today", "soon"]
