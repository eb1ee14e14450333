"""What the journal promises, in SQLite and in PostgreSQL: revisions added, never changed, whole or not at all."""

import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import Conflict, InvalidInput, NotFound
from ilpgeo.core.query import Level, Period
from ilpgeo.core.recorded import Change
from ilpgeo.store.database import FILE, Database
from ilpgeo.store.records import Records
from ilpgeo.store.schema import NEWEST
from tests.contracts import notes, postgres
from tests.contracts import records as publications
from tests.contracts.notes import Note, OldNote, Part
from tests.contracts.processes import kill_before_commit, run_at_once

FULL = Note(
    "O'Brien said \"100 %\" \u2014 \u4f60\u597d \u202e <b>", Level.NATIONAL,
    Period(date(2020, 2, 29), date(2020, 3, 1)),
    date(2021, 5, 1), (Part("a", 0.25), Part("b")), {"Robbery": 2.0},
)  # fmt: skip


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory):
    found = postgres.programs()
    if found is None:
        assert not postgres.REQUIRED, "PostgreSQL is required here and was not found"
        pytest.skip("no PostgreSQL server programs found (Debian: postgresql)")
    with postgres.server(tmp_path_factory.mktemp("postgres"), found) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    """The address of an empty database; empty: SQLite in the workspace."""
    if request.param == "sqlite":
        return ""
    from sqlalchemy import create_engine, text

    found = request.getfixturevalue("postgres_url")
    engine = create_engine(found)
    with engine.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()
    return found


@pytest.fixture
def journal(tmp_path, url):
    made = notes.journal(tmp_path, url)
    yield made
    made._database._engine.dispose()


def test_nothing_is_made_by_looking(tmp_path):
    empty = notes.journal(tmp_path)
    assert empty.newest(Note) == () and empty.history(Note, "x") == ()
    with pytest.raises(NotFound, match="no note 'x'"):
        empty.one(Note, "x")
    assert list(tmp_path.iterdir()) == []


def test_a_document_comes_back_as_it_was_with_who_and_when(journal):
    before = datetime.now(UTC) - timedelta(seconds=1)
    made = journal.save(FULL, by=" A. Analyst ")
    assert journal.one(Note, made.id) == made and made.value == FULL
    assert (made.revision, made.made_by, made.begun_by) == (1, "A. Analyst", "A. Analyst")
    assert before <= made.made_at <= datetime.now(UTC) and made.begun_at == made.made_at


def test_every_revision_stays_and_the_newest_counts(journal):
    first = journal.save(Note("one"), by="A")
    other = journal.save(Note("other"), by="A")
    second = journal.save(Note("two"), by="B", id=first.id, based_on=1)
    assert [each.value.text for each in journal.history(Note, first.id)] == ["one", "two"]
    assert [each.value.text for each in journal.newest(Note)] == ["two", "other"]
    assert (second.revision, second.made_by, second.begun_by) == (2, "B", "A")
    assert other.id != first.id


def test_a_change_based_on_an_older_revision_is_told_and_loses_nothing(journal):
    made = journal.save(Note("one"), by="A")
    journal.save(Note("two"), by="B. Boss", id=made.id, based_on=1)
    with pytest.raises(Conflict, match=r"this note was changed by B\. Boss on .* nothing of yours was saved"):
        journal.save(Note("mine"), by="A", id=made.id, based_on=1)
    with pytest.raises(Conflict):
        journal.save(Note("mine"), by="A", id=made.id)
    with pytest.raises(NotFound):
        journal.save(Note("mine"), by="A", id="never", based_on=1)
    assert [each.value.text for each in journal.history(Note, made.id)] == ["one", "two"]


def test_changes_are_recorded_together_or_not_at_all(journal):
    made = journal.save(Note("one"), by="A")
    with pytest.raises(Conflict):
        journal.record([Change(Note("new")), Change(Note("late"), made.id, 0)], "B")
    assert [each.value.text for each in journal.newest(Note)] == ["one"]
    journal.record([Change(Note("new")), Change(Note("two"), made.id, 1)], "B")
    assert [each.value.text for each in journal.newest(Note)] == ["two", "new"]


def test_a_name_is_needed_and_an_id_may_be_chosen(journal):
    with pytest.raises(InvalidInput, match="the name of who"):
        journal.save(Note("one"), by="  ")
    assert journal.save(Note("one"), by="A", id="hq").id == "hq"


def test_a_field_added_later_has_its_default_and_one_dropped_is_passed_over(journal):
    old = journal.save(OldNote("one"), by="A")
    assert journal.one(Note, old.id).value == Note("one")
    new = journal.save(FULL, by="A")
    assert journal.one(OldNote, new.id).value == OldNote(FULL.text)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=("Cs",))),
    share=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    weights=st.dictionaries(st.text(alphabet="ab\u00e9 \u202e", max_size=4), st.floats(0, 1e9), max_size=3),
)
def test_any_text_and_number_comes_back(journal, text, share, weights):
    value = Note(text, parts=(Part(text, share),), weights=weights)
    assert journal.one(Note, journal.save(value, by="A").id).value == value


def test_two_processes_at_once_lose_nothing(tmp_path, url, journal):
    go = tmp_path / "go"
    run_at_once(notes.save_many, [(tmp_path, url, by, 8, go) for by in "ab"], go)
    assert sorted(each.value.text for each in journal.newest(Note)) == sorted(
        f"{by}{at}" for by in "ab" for at in range(8)
    )


def test_of_two_changes_at_once_one_is_taken_and_the_other_told(tmp_path, url, journal):
    made = journal.save(Note("one"), by="A")
    go, told = tmp_path / "go", [tmp_path / "a.txt", tmp_path / "b.txt"]
    run_at_once(notes.save_over, [(tmp_path, url, made.id, file.stem, go, file) for file in told], go)
    said = sorted(file.read_text("utf-8") for file in told)
    assert (
        said[0] == "taken"
        and said[1].startswith("this note was changed by")
        and len(journal.history(Note, made.id)) == 2
    )


@pytest.mark.parametrize("is_begun", [False, True])
def test_a_process_killed_before_its_commit_leaves_nothing_and_no_lock(tmp_path, is_begun):
    journal = notes.journal(tmp_path)
    if is_begun:
        journal.save(Note("before"), by="A")
    kill_before_commit(notes.save_two_and_hang, tmp_path)
    assert [each.value.text for each in journal.newest(Note)] == ["before"] * is_begun
    journal.save(Note("after"), by="A")
    assert [each.value.text for each in journal.newest(Note)] == ["before"] * is_begun + ["after"]


def test_the_stamp_is_another_after_each_change(tmp_path, url, journal):
    database = Database(tmp_path, url)
    seen = [database.stamp()]
    made = journal.save(Note("one"), by="A")
    seen.append(database.stamp())
    journal.save(Note("two"), by="A", id=made.id, based_on=1)
    seen.append(database.stamp())
    Records(journal._database).publish(publications.PUBLICATION)
    seen.append(database.stamp())
    assert len(set(seen)) == 4 and seen[0] == ""
    if url:
        database._engine.dispose()


BEFORE_STEPS = """
create table publications (number integer primary key autoincrement, id varchar(32) not null unique,
 model text not null, offence text not null, area text not null, level text not null, settings text not null,
 cell_m float not null, note text not null, reason text not null, recipe text not null,
 verdict text not null, owner text not null,
 approver text not null, data_version text not null, published_at text not null, expires_on text not null);
create table withdrawals (number integer primary key autoincrement, publication varchar(32) not null unique,
 withdrawn_at text not null, "by" text not null, why text not null);
create table findings (number integer primary key autoincrement, kind text not null, subject text not null,
 version text not null, finding text not null, refusal text not null, made_at text not null);
insert into findings values (1, 'test', 'recipe', '1', '', 'too few data', '2026-01-01T00:00:00+00:00');
"""


def test_records_made_before_there_were_steps_are_brought_up_to_date(tmp_path):
    with sqlite3.connect(tmp_path / FILE) as direct:
        direct.executescript(BEFORE_STEPS)
    database = Database(tmp_path)
    assert Records(database).test("recipe", "1") == (None, "too few data")
    journal = notes.journal(tmp_path)
    assert journal.newest(Note) == ()
    journal.save(Note("one"), by="A")
    assert len(journal.newest(Note)) == 1 and Records(database).test("recipe", "1") == (None, "too few data")


def test_records_of_a_newer_program_are_left_alone(tmp_path):
    journal = notes.journal(tmp_path)
    journal.save(Note("one"), by="A")
    with sqlite3.connect(tmp_path / FILE) as direct:
        assert direct.execute("select version_num from alembic_version").fetchall() == [(NEWEST,)]
        direct.execute("update alembic_version set version_num = '9999'")
    for use in (lambda: journal.newest(Note), lambda: journal.save(Note("two"), by="A")):
        with pytest.raises(InvalidInput, match="made by a newer ilpgeo"):
            use()


def test_an_address_that_is_none_is_told(tmp_path):
    with pytest.raises(InvalidInput, match="records_url is no address"):
        notes.journal(tmp_path, "nonsense").newest(Note)
