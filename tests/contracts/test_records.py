"""What the records promise: rows are added and never changed, whole or not at all, also by two processes at once."""

import math
import sqlite3
from dataclasses import replace
from datetime import date

import pytest

from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.core.publications import Drift, Measured
from ilpgeo.core.query import Period
from ilpgeo.store.database import FILE, Database
from ilpgeo.store.records import Records
from ilpgeo.store.verdicts import drift_of, drift_text, verdict_of, verdict_text
from tests.contracts import records as work
from tests.contracts.processes import kill_before_commit, run_at_once


def test_nothing_is_made_by_looking(tmp_path):
    records = Records(Database(tmp_path))
    assert records.publications() == () and records.test("a", "1") is None and records.drift("a", "1") is None
    assert not Database(tmp_path).is_begun and list(tmp_path.iterdir()) == []


def test_a_publication_comes_back_as_it_was(tmp_path):
    made = Records(Database(tmp_path)).publish(work.PUBLICATION)
    (found,) = Records(Database(tmp_path)).publications()
    assert made.id and found.id == made.id
    assert found.model.settings == work.PUBLICATION.model.settings
    assert math.isnan(found.verdict.difference.low) and not found.verdict.difference.has_interval
    plain = replace(work.VERDICT, difference=Measured(0.01, 0.0, 0.0))
    assert replace(found, id="", verdict=plain) == replace(work.PUBLICATION, verdict=plain)


def test_newest_first_and_ids_differ(tmp_path):
    records = Records(Database(tmp_path))
    made = [records.publish(replace(work.PUBLICATION, owner=str(at))) for at in range(3)]
    assert [each.owner for each in records.publications()] == ["2", "1", "0"]
    assert len({each.id for each in made}) == 3


def test_a_withdrawal_is_a_row_of_its_own_and_the_publication_stays_as_it_was(tmp_path):
    records = Records(Database(tmp_path))
    made = records.publish(work.PUBLICATION)
    with sqlite3.connect(tmp_path / FILE) as direct:
        before = direct.execute("select * from publications").fetchall()
    gone = records.withdraw(made.id, "B. Boss", "the data changed")
    assert (gone.withdrawn_by, gone.withdrawn_why) == ("B. Boss", "the data changed")
    assert not gone.is_valid(date(2026, 3, 2)) and made.is_valid(date(2026, 3, 2))
    with sqlite3.connect(tmp_path / FILE) as direct:
        assert direct.execute("select * from publications").fetchall() == before
    with pytest.raises(InvalidInput, match="already"):
        records.withdraw(made.id, "B. Boss", "again")
    with pytest.raises(NotFound):
        records.withdraw("nothing", "B. Boss", "again")
    with pytest.raises(InvalidInput, match="name of who"):
        records.withdraw(made.id, " ", "why")


def test_the_newest_word_on_a_test_counts_and_each_data_version_has_its_own(tmp_path):
    records = Records(Database(tmp_path))
    records.note_test("recipe", "1", None, "too few data")
    assert records.test("recipe", "1") == (None, "too few data")
    records.note_test("recipe", "1", work.VERDICT)
    verdict, refusal = records.test("recipe", "1")
    assert verdict.hit_rate == work.VERDICT.hit_rate and refusal == ""
    assert records.test("recipe", "2") is None and records.test("other", "1") is None


def test_verdict_and_drift_texts_come_back_as_they_were():
    text = verdict_text(work.VERDICT)
    assert verdict_text(verdict_of(text)) == text and "NaN" not in text
    since = Period(date(2022, 1, 1), date(2022, 4, 1))
    drift = Drift(Measured(0.3, 0.29, 0.31), Measured(0.3, 0.2, 0.4), 4, since, 90, Measured(0.36, 0.35, 0.37))
    assert drift_of(drift_text(drift)) == drift and drift.has_drifted
    none = Drift(Measured(math.nan), Measured(math.nan), 0, None, 0, Measured(0.36, 0.35, 0.37))
    assert drift_text(drift_of(drift_text(none))) == drift_text(none)


def test_two_processes_at_once_lose_nothing(tmp_path):
    go = tmp_path / "go"
    run_at_once(work.publish_many, [(tmp_path, owner, 12, go) for owner in "ab"], go)
    found = Records(Database(tmp_path)).publications()
    assert sorted(each.owner for each in found) == ["a"] * 12 + ["b"] * 12
    assert len({each.id for each in found}) == 24


def test_of_two_withdrawals_at_once_one_is_taken(tmp_path):
    made = Records(Database(tmp_path)).publish(work.PUBLICATION)
    go, told = tmp_path / "go", [tmp_path / "a.txt", tmp_path / "b.txt"]
    run_at_once(work.withdraw_at_once, [(tmp_path, made.id, file.stem, go, file) for file in told], go)
    assert sorted(file.read_text("utf-8") for file in told) == ["refused", "taken"]


@pytest.mark.parametrize("is_begun", [False, True])
def test_a_process_killed_before_its_commit_leaves_nothing_and_no_lock(tmp_path, is_begun):
    records = Records(Database(tmp_path, timeout_s=5))
    if is_begun:
        records.publish(replace(work.PUBLICATION, owner="before"))
    kill_before_commit(work.publish_and_hang, tmp_path)
    assert [each.owner for each in records.publications()] == ["before"] * is_begun
    records.publish(replace(work.PUBLICATION, owner="after"))
    assert [each.owner for each in records.publications()] == ["after"] + ["before"] * is_begun


def test_a_broken_file_is_told_and_not_written_over(tmp_path):
    (tmp_path / FILE).write_bytes(b"this is no database, not at all" * 100)
    with pytest.raises(InvalidInput, match="restore it from a copy"):
        Records(Database(tmp_path)).publications()
    with pytest.raises(InvalidInput, match="restore it from a copy"):
        Records(Database(tmp_path)).publish(work.PUBLICATION)
    assert (tmp_path / FILE).read_bytes().startswith(b"this is no database")


def test_another_database_is_named_by_its_address(tmp_path):
    records = Records(Database(tmp_path, f"sqlite:///{tmp_path / 'elsewhere.db'}"))
    assert records.publications() == ()
    records.publish(work.PUBLICATION)
    assert len(records.publications()) == 1 and not (tmp_path / FILE).exists()
