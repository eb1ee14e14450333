"""A watched folder: what is whole comes in once, what is half-written waits, what is broken is never shown."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ilpgeo import pipeline
from ilpgeo.cli import watching
from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.core.watched import Outcome
from ilpgeo.pipeline import watched
from ilpgeo.pipeline.watched import GIVE_UP_S, SETTLE_S, Watcher
from tests.pipeline.city import good, make_city, write


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Room:
    """A workspace, the folder it watches, and a watcher on a clock of ours."""

    def __init__(self, folder: Path) -> None:
        self.workspace = make_city(folder / "city").workspace.folder
        self.drop = folder / "drop"
        self.drop.mkdir()
        self.clock = Clock()
        self.watcher = self.another()

    def another(self) -> Watcher:
        return Watcher(self.drop, self.workspace, "police", clock=self.clock)

    def after(self, seconds: float = SETTLE_S) -> watched.Look:
        self.clock.now_s += seconds
        return self.watcher.look()

    def settled(self) -> watched.Look:
        """Look twice, with as much between as a file with an open end needs."""
        self.watcher.look()
        return self.after(10 * SETTLE_S)

    def n(self) -> int:
        return pipeline.open_workspace(self.workspace).store.totals().n


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def outcomes(look: watched.Look) -> list[tuple[str, str, int]]:
    return [(each.name, str(each.outcome), each.accepted) for each in look.done]


def test_a_new_file_is_taken_once_it_lies_still(room: Room) -> None:
    write(room.drop / "a.csv", good(20))
    assert room.watcher.look().waiting == (("a.csv", "it has just come"),)
    assert room.after(SETTLE_S / 2).done == ()
    assert outcomes(room.after(SETTLE_S)) == [("a.csv", "brought in", 20)]
    assert room.n() == 20
    assert room.after().done == room.after().waiting == ()


def test_neither_a_restart_nor_another_name_brings_it_in_again(room: Room) -> None:
    write(room.drop / "a.csv", good(20))
    room.settled()
    version = pipeline.open_workspace(room.workspace).store.version()
    room.watcher = room.another()
    assert room.settled() == watched.Look()
    (room.drop / "b.csv").write_bytes((room.drop / "a.csv").read_bytes())
    [again] = room.settled().done
    assert (again.outcome, again.accepted, again.why) == (
        Outcome.BROUGHT, 0, "the same content was brought in before"
    )  # fmt: skip
    assert pipeline.open_workspace(room.workspace).store.version() == version


def test_what_was_withdrawn_does_not_come_back(room: Room) -> None:
    write(room.drop / "a.csv", good(20))
    room.settled()
    opened = pipeline.open_workspace(room.workspace)
    pipeline.withdraw(opened, opened.store.files()[0].file_id)
    room.watcher = room.another()
    os.utime(room.drop / "a.csv", (1, 1))
    room.settled()
    assert room.n() == 0


def test_a_growing_file_is_left_alone_until_it_is_whole(room: Room, tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.csv", good(50)).read_bytes()
    for share in (0.3, 0.6, 0.9):
        (room.drop / "a.csv").write_bytes(whole[: int(share * len(whole))])
        assert room.after().done == ()
    assert room.after(2 * SETTLE_S).done == ()  # its sender pauses in the middle of a row
    (room.drop / "a.csv").write_bytes(whole)
    assert outcomes(room.settled()) == [("a.csv", "brought in", 50)]


def test_a_file_that_never_gets_its_end_is_quarantined_with_a_message(room: Room, tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.csv", good(50)).read_bytes()
    cut = whole.rindex(b",")
    (room.drop / "a.csv").write_bytes(whole[:cut])
    [(name, why)] = room.settled().waiting
    assert (name, why) == ("a.csv", "it ends in the middle of a row: perhaps it is still being written")
    [quarantined] = room.after(GIVE_UP_S).done
    assert quarantined.outcome is Outcome.REFUSED
    assert quarantined.why == "a.csv: it ends in the middle of a row; deliver it again"
    assert room.n() == 0
    assert room.after(GIVE_UP_S) == watched.Look()
    (room.drop / "a.csv").write_bytes(whole)
    assert outcomes(room.settled()) == [("a.csv", "brought in", 50)]


def test_a_last_line_without_its_break_waits_longer_and_comes_in(room: Room, tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.csv", good(5)).read_bytes().rstrip()
    (room.drop / "a.csv").write_bytes(whole)
    room.watcher.look()
    [(_, why)] = room.after(2 * SETTLE_S).waiting
    assert why.startswith("its last line is open")
    assert outcomes(room.after(2 * SETTLE_S)) == [("a.csv", "brought in", 5)]


def test_a_value_that_looks_cut_waits_as_long_as_a_row_and_is_told(room: Room, tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.csv", good(5)).read_bytes().rstrip()
    (room.drop / "a.csv").write_bytes(whole[:-2])  # "Road 5" became "Road"
    [(_, why)] = room.settled().waiting
    assert why.startswith("its last value looks cut")
    [taken] = room.after(GIVE_UP_S).done
    assert (taken.outcome, taken.accepted) == (Outcome.BROUGHT, 5)
    assert taken.why == f"a.csv: {watched.CUT}"
    assert watching._told(taken).endswith(watched.CUT)


def test_a_value_that_looked_cut_and_gets_its_end_comes_in_without_doubt(room: Room, tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.csv", good(5)).read_bytes().rstrip()
    (room.drop / "a.csv").write_bytes(whole[:-2])
    assert room.settled().done == ()
    (room.drop / "a.csv").write_bytes(whole)
    [taken] = room.settled().done
    assert (taken.accepted, taken.why) == (5, "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.parquet", b"PAR1 this is none PAR1"),
        ("a.xlsx", b"PK\x05\x06" + bytes(18)),
        ("a.csv", b"one column only\nand nothing to tell\n"),
        ("notes.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old office"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": 7}'),
        ("page.csv", b"<html><body>404</body></html>\n"),
    ],
)
def test_what_cannot_be_read_is_quarantined_and_keeps_nothing_else_out(room: Room, name: str, content: bytes) -> None:
    (room.drop / name).write_bytes(content)
    write(room.drop / "z.csv", good(4))
    done = {each.name: each for each in room.settled().done}
    assert done[name].outcome is Outcome.REFUSED
    assert len(done[name].why) > 20
    assert "Traceback" not in done[name].why
    assert done["z.csv"].accepted == 4
    assert room.n() == 4
    assert (room.drop / name).read_bytes() == content  # a sender's file is never touched
    assert room.after() == watched.Look()
    opened = pipeline.open_workspace(room.workspace)
    assert {each.name for each in pipeline.watched_files(opened)} == {name, "z.csv"}


def test_a_quarantined_file_that_is_delivered_again_is_tried_again(room: Room) -> None:
    write(room.drop / "a.csv", good(4, offence="ARSON"), "wrong,header,names,are,no,help")
    assert room.settled().done[0].outcome is Outcome.REFUSED
    os.utime(room.drop / "a.csv", (5, 5))
    assert room.settled().done[0].outcome is Outcome.REFUSED
    write(room.drop / "a.csv", good(4))
    assert outcomes(room.settled()) == [("a.csv", "brought in", 4)]


def test_hidden_unfinished_and_linked_files_are_not_looked_at(room: Room, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside.csv", good(4))
    for name in (".a.csv", "a.csv.part", "~$a.csv", "a.csv.tmp", ".git/a.csv"):
        write(room.drop / name, good(4))
    (room.drop / "link.csv").symlink_to(outside)
    os.mkfifo(room.drop / "pipe.csv")
    assert room.settled() == watched.Look()


def test_folders_in_the_folder_are_watched_too(room: Room) -> None:
    write(room.drop / "north" / "a.csv", good(4))
    assert outcomes(room.settled()) == [("north/a.csv", "brought in", 4)]


def test_a_file_that_changes_while_it_is_copied_is_left_alone(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(room.drop / "a.csv", good(20))
    copied = watched._copied

    def while_growing(path: Path, copy: Path) -> str:
        digest = copied(path, copy)
        write(file, good(30))
        return digest

    monkeypatch.setattr(watched, "_copied", while_growing)
    assert room.settled().done == ()
    assert room.n() == 0
    monkeypatch.setattr(watched, "_copied", copied)
    assert outcomes(room.settled()) == [("a.csv", "brought in", 30)]


def test_a_death_between_the_store_and_the_record_costs_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    write(room.drop / "a.csv", good(20))

    class Death(BaseException):
        pass

    def die(*_: object) -> None:
        raise Death

    monkeypatch.setattr(watched, "_record", die)
    with pytest.raises(Death):
        room.settled()
    monkeypatch.undo()
    assert room.n() == 20
    room.watcher = room.another()
    [found] = room.settled().done
    assert (found.accepted, found.duplicates) == (0, 20)
    assert room.n() == 20


def test_the_folder_must_be_there_and_not_hold_the_workspace(room: Room, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no folder"):
        Watcher(tmp_path / "nowhere", room.workspace)
    with pytest.raises(InvalidInput, match="the workspace lies in the watched folder"):
        Watcher(room.workspace.parent, room.workspace)


def test_a_hostile_name_is_plain_text(room: Room) -> None:
    name = "<img src=x>\u202ecsv.\x1b[31m.csv"
    write(room.drop / name, good(4))
    [found] = room.settled().done
    assert found.name == "<img src=x>csv.[31m.csv"
    assert found.accepted == 4


def _watching(room: Room, *more: str) -> subprocess.Popen[bytes]:
    told = [sys.executable, "-m", "ilpgeo", "watch", str(room.drop), "--workspace", str(room.workspace)]
    return subprocess.Popen([*told, "--source", "police", *more], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def test_watchers_killed_at_any_moment_and_several_at_once_lose_and_double_nothing(room: Room) -> None:
    for at in range(6):
        write(room.drop / f"f{at}.csv", good(400, first=1 + 400 * at))
    for pause_s in (1.0, 5.2, 6.0):
        pair = [_watching(room, "--every", "1s") for _ in range(2)]
        time.sleep(pause_s)
        for each in pair:
            each.send_signal(signal.SIGKILL)
            each.communicate()
    pair = [_watching(room, "--once") for _ in range(2)]
    for each in pair:
        _, said = each.communicate(timeout=120)
        assert each.returncode == 0, said.decode()
    assert room.n() == 2400
    opened = pipeline.open_workspace(room.workspace)
    assert sorted(each.name for each in pipeline.watched_files(opened)) == [f"f{at}.csv" for at in range(6)]
    assert all(each.adds_up for each in opened.store.files())


def test_a_packed_file_without_its_end_waits(room: Room, tmp_path: Path) -> None:
    packed = gzip.compress(write(tmp_path / "a.csv", good(50)).read_bytes())
    (room.drop / "a.csv.gz").write_bytes(packed[:-9])
    assert room.settled().waiting == (("a.csv.gz", "its end is missing: perhaps it is still being written"),)
    (room.drop / "a.csv.gz").write_bytes(packed)
    assert outcomes(room.settled()) == [("a.csv.gz", "brought in", 50)]
