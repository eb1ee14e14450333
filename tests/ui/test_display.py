"""What a room's display is told: the same bytes for everybody, new ones only when something changed, words as words."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.rooms import NOTICE, Slide
from ilpgeo.core.settings import Settings
from ilpgeo.core.sources import Source
from ilpgeo.core.taskings import Place, State, Tasking
from ilpgeo.core.types import Access
from ilpgeo.ui.display import routes as display_routes
from ilpgeo.ui.display import show
from ilpgeo.ui.display.kinds import KINDS
from ilpgeo.ui.display.routes import Shows, routes
from tests.pipeline.city import good, make_city, write

HOSTILE = '<script>window.hacked=1</script><img src=x onerror="hacked()">'


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pipeline.Opened]:
    st.cache_resource.clear()
    made = make_city(tmp_path / "city")
    pipeline.ingest(made, write(tmp_path / "a.csv", good(280)), "police")
    monkeypatch.setenv("ILPGEO_WORKSPACE", str(made.workspace.folder))
    yield made
    st.cache_resource.clear()


def shown(room: str = "") -> dict[str, Any]:
    return json.loads(show.make(show.moment(room)).body)


def ask(path: str, query: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of one request to the display's routes, without a server."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "root_path": "",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip

    async def served() -> None:
        from starlette.routing import Router

        await Router(routes())(scope, receive, send)

    with ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, served()).result()
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(each.get("body", b"") for each in sent[1:])


def test_a_room_without_a_playlist_shows_the_usual_one(city: pipeline.Opened) -> None:
    content = shown("never heard of")
    assert len(content["slides"]) >= 4
    assert "Data to 28 Mar 2023" in content["foot"]
    assert city.store.version() in content["foot"]
    assert all(slide["seconds"] == 20 for slide in content["slides"])
    for slide in content["slides"]:
        assert slide["html"].count("<li>") <= 5
        assert slide["html"].count("<h1") == 1
        assert "<svg" in slide["html"]


def test_the_same_state_has_the_same_stamp_and_each_change_another(city: pipeline.Opened, tmp_path: Path) -> None:
    stamps = [show.moment("ops").stamp]
    assert show.moment("ops").stamp == stamps[0]
    pipeline.save_playlist(city, "Ops", (Slide("level"),), Access(), "Hale")
    stamps.append(show.moment("ops").stamp)
    pipeline.ingest(city, write(tmp_path / "b.csv", good(10, first=500)), "police")
    stamps.append(show.moment("ops").stamp)
    (city.workspace.folder / "harm.csv").write_text("offence,weight,source\nTheft,3,us\n", "utf-8")
    stamps.append(show.moment("ops").stamp)
    assert len(set(stamps)) == 4


def test_nothing_changed_is_a_304_without_a_body(city: pipeline.Opened) -> None:
    status, headers, body = ask("/display/now", "room=ops", accept_encoding="gzip")
    assert (status, headers["content-encoding"], headers["cache-control"]) == (200, "gzip", "no-store")
    plain = ask("/display/now", "room=ops")[2]
    assert gzip.decompress(body) == plain
    status, _, body = ask("/display/now", "room=ops", if_none_match=headers["etag"])
    assert (status, body) == (304, b"")


def test_twenty_displays_at_once_make_one_show(city: pipeline.Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    make = show.make
    monkeypatch.setattr(show, "make", lambda at: made.append(at) or make(at))

    async def twenty() -> set[bytes]:
        shows = Shows()
        found = await asyncio.gather(*(shows.of(f"room {at % 4}", "") for at in range(20)))
        return {each.body for each in found if each}

    with ThreadPoolExecutor(1) as beside:
        assert len(beside.submit(asyncio.run, twenty()).result()) == 1
    assert len(made) == 1


def slow_making(monkeypatch: pytest.MonkeyPatch, patience_s: float, longest_s: float) -> threading.Event:
    """Let nothing be drawn before the event that is returned is set."""
    make, may = show.make, threading.Event()
    monkeypatch.setattr(show, "make", lambda at: make(at) if may.wait(30) else None)
    monkeypatch.setattr(display_routes, "PATIENCE_S", patience_s)
    monkeypatch.setattr(display_routes, "LONGEST_S", longest_s)
    return may


def in_a_loop(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    with ThreadPoolExecutor(1) as beside:  # the browser tests' event loop lives in this thread
        return beside.submit(asyncio.run, work()).result()


@pytest.mark.usefixtures("city")
def test_a_display_with_a_picture_keeps_it_while_the_next_one_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    may = slow_making(monkeypatch, 0.01, 60.0)

    async def asked() -> None:
        shows = Shows()
        new = asyncio.create_task(shows.of("", ""))
        assert await shows.of("", "an older one") is None
        assert not new.done(), "one without a picture waits"
        may.set()
        made = await new
        assert made is not None
        assert made.stamp == show.moment("").stamp
        assert await shows.of("", "an older one") is made

    in_a_loop(asked)


@pytest.mark.usefixtures("city")
def test_a_quick_change_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slow_making(monkeypatch, 30.0, 60.0).set()

    async def asked() -> None:
        assert await Shows().of("", "an older one") is not None

    in_a_loop(asked)


@pytest.mark.usefixtures("city")
def test_a_picture_that_takes_too_long_is_waited_for_so_that_the_wall_says_nobody_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may = slow_making(monkeypatch, 0.01, 0.0)

    async def asked() -> None:
        waiting = asyncio.create_task(Shows().of("", "an older one"))
        await asyncio.wait([waiting], timeout=0.5)
        assert not waiting.done()
        may.set()
        assert await waiting is not None

    in_a_loop(asked)


@pytest.mark.usefixtures("city")
def test_what_failed_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    make = show.make

    def failing(_: show.Moment) -> show.Show:
        raise InvalidInput("no such thing")

    async def asked() -> None:
        shows = Shows()
        monkeypatch.setattr(show, "make", failing)
        with pytest.raises(InvalidInput, match="no such thing"):
            await shows.of("", "an older one")
        monkeypatch.setattr(show, "make", make)
        assert await shows.of("", "an older one") is not None

    in_a_loop(asked)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_draws_and_says_so_where_it_cannot(
    kind: str, city: pipeline.Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    slide = Slide(kind, area="a0" if kind == "places" else "", title="Told")
    pipeline.save_playlist(city, "Ops", (slide,), Access(), "Hale")
    [drawn] = shown("ops")["slides"]
    assert "cannot be shown" not in drawn["html"]
    assert ("Told" in drawn["html"]) == (kind == NOTICE)


def test_taskings_due_say_where_and_when_and_never_who(city: pipeline.Opened) -> None:
    today = show.moment("").today
    for name, days in (("<i>Mill Lane</i>", (-9, -2)), ("Dock Road", (-1, 5))):
        tasking = Tasking(
            Place(name, "a0"), city.areas.levels[0], today + timedelta(days[0]), today + timedelta(days[1]),
            "Sgt Hale", "fewer thefts", from_hour=22, until_hour=3, state=State.RUNNING,
        )  # fmt: skip
        pipeline.save_tasking(city, tasking, Access(), by="Sgt Hale")
    usual = [slide["html"] for slide in shown()["slides"]]
    [due] = [html for html in usual if 'class="slide due"' in html]
    assert "1 tasking needs attention: &lt;i&gt;Mill Lane&lt;/i&gt; ended 2 days ago" in due
    assert due.index("Mill Lane") < due.index("Dock Road")
    assert "22\u201303 h" in due
    assert "Hale" not in due
    assert "<i>Mill" not in due


def test_a_slide_that_fails_keeps_no_other_from_being_shown(
    city: pipeline.Opened, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline.save_playlist(city, "Ops", (Slide("hours"), Slide(NOTICE, title="Still here")), Access(), "Hale")

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("ilpgeo.ui.display.hours.ranked_map", fail)
    first, second = shown("ops")["slides"]
    assert "cannot be shown" in first["html"]
    assert "secret" not in first["html"]
    assert "secret detail" in caplog.text
    assert "Still here" in second["html"]


def test_hostile_words_are_shown_as_words(city: pipeline.Opened) -> None:
    slides = (Slide(NOTICE, title=HOSTILE[:80], text=f"{HOSTILE}\n\u202eright to left\nغرفة"), Slide("level"))
    pipeline.save_playlist(city, "<b>Ops</b>", slides, Access(), "Hale")
    content = shown("<B>ops</b>")
    assert content["room"] == "<b>Ops</b>"  # set as text by the page
    words = content["slides"][0]["html"]
    assert "<script" not in words
    assert "<img" not in words
    assert "&lt;script&gt;window.hacked=1" in words
    assert "\u202e" not in words
    assert '<p dir="auto">غرفة</p>' in words


def test_a_notice_runs_out(city: pipeline.Opened) -> None:
    pipeline.save_playlist(city, "Ops", (Slide(NOTICE, title="Old", until=date(2020, 1, 1)),), Access(), "Hale")
    [slide] = shown("ops")["slides"]
    assert "Nothing to show today" in slide["html"]


def test_an_unknown_kind_says_so(city: pipeline.Opened) -> None:
    pipeline.save_playlist(city, "Ops", (Slide("from-the-future"),), Access(), "Hale")
    assert "not known here" in shown("ops")["slides"][0]["html"]


def test_no_workspace_and_no_incidents_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    st.cache_resource.clear()
    monkeypatch.setenv("ILPGEO_WORKSPACE", str(tmp_path / "nowhere"))
    assert "No workspace yet" in shown()["slides"][0]["html"]
    monkeypatch.setenv("ILPGEO_WORKSPACE", str(make_city(tmp_path / "city").workspace.folder))
    assert "No incidents yet" in shown()["slides"][0]["html"]
    st.cache_resource.clear()


def test_the_wall_may_change_nothing() -> None:
    wall = show.wall_access(Settings("x", "EPSG:32617", "UTC", date(2020, 1, 1)))
    assert not wall.publishes
    assert not wall.manages_data


def test_the_wall_is_read_by_the_workspaces_agency(city: pipeline.Opened, tmp_path: Path) -> None:
    pipeline.ingest(city, write(tmp_path / "b.csv", good(40, first=1000)), "customs")
    for name in ("police", "customs"):
        pipeline.register_source(city, Source(name, name.title(), "Desk", "Act"), Access(), "A")
    assert "left out" not in shown()["slides"][0]["html"]
    file = city.workspace.folder / "ilpgeo.toml"
    plain = file.read_text("utf-8")
    for agency, said in (("Police", "1 source left out"), ("Nobody", "given to Nobody")):
        file.write_text(f'agency = "{agency}"\n{plain}', "utf-8")
        assert said in shown()["slides"][0]["html"]
    file.write_text(f'agency_header = "X-Agency"\n{plain}', "utf-8")
    assert "did not name" in shown()["slides"][0]["html"]


def test_the_page_has_no_control_and_no_script_of_its_own() -> None:
    status, _, body = ask("/display")
    page = body.decode()
    assert status == 200
    assert f'data-build="{show.build()}"' in page
    for tag in ("<a ", "<button", "<input", "<select", "onload", "http:", "https:"):
        assert tag not in page
    assert page.count("<script") == page.count("<script src=") == 1


def test_small_counts_do_not_reach_the_wall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    st.cache_resource.clear()
    made = make_city(tmp_path / "city")
    pipeline.ingest(made, write(tmp_path / "a.csv", good(3)), "police")
    monkeypatch.setenv("ILPGEO_WORKSPACE", str(made.workspace.folder))
    everything = json.dumps(shown())
    assert "3 incidents" not in everything
    st.cache_resource.clear()


def test_style_and_script_are_kept_by_the_browser() -> None:
    for name, kind in (("display.css", "text/css"), ("display.js", "text/javascript")):
        status, headers, body = ask(f"/display/{name}")
        assert status == 200
        assert headers["content-type"].startswith(kind)
        assert "immutable" in headers["cache-control"]
        assert body
