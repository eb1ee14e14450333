"""References of series at the door: hashed with a key, the same for the same series, stored nowhere as written."""

import hmac
from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.guess import guess_mapping
from ilpgeo.ingest.mapping import Field
from ilpgeo.ingest.readers import open_table
from ilpgeo.ingest.series import is_sealed, sealed
from ilpgeo.pipeline.series_secret import VARIABLE, secret_file, series_secret
from tests.pipeline.city import make_city

SECRET = b"0123456789abcdef0123456789abcdef"


def seal(*words: str | None, secret: bytes = SECRET) -> list[str | None]:
    return sealed(pa.array(words, pa.string()), secret).to_pylist()


def test_a_reference_is_an_hmac_and_case_and_spaces_do_not_count():
    expected = "s1-" + hmac.new(SECRET, b"op 7/23", sha256).hexdigest()[:24]
    assert seal("Op 7/23", " op  7/23 ", "OP 7/23") == [expected] * 3
    assert seal("", "  ", None) == [None] * 3
    assert seal("op 7/24") != [expected] and seal("op 7/23", secret=SECRET[::-1]) != [expected]


@given(st.text(max_size=30))
def test_what_is_sealed_is_not_sealed_again_and_says_nothing_of_itself(word):
    once = seal(word)
    assert seal(*once) == once
    assert once == [None] or (is_sealed(once[0]) and (len(word.strip()) < 4 or word.strip() not in once[0]))


def test_numbers_are_references_too():
    assert sealed(pa.array([7.0, None]), SECRET).to_pylist() == [*seal("7"), None]


@pytest.mark.parametrize("name", ["series_id", "Linked case", "crime_series"])
def test_a_column_of_series_is_guessed(tmp_path, name):
    file = tmp_path / "f.csv"
    file.write_text(f"lon,lat,date,offence,{name}\n" + "-79.39,43.65,2021-01-01,Theft,S1\n" * 9, "utf-8")
    guess = guess_mapping(open_table(file), "EPSG:32617", "America/Toronto")
    assert guess.mapping.column(Field.SERIES) == name


def test_the_key_is_made_beside_the_workspace_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    city = make_city(tmp_path / "city")
    made = series_secret(city)
    file = secret_file(city.workspace.folder)
    assert file == tmp_path / ".city.series-key" and file.stat().st_mode & 0o777 == 0o600
    assert len(made) == 64 and series_secret(city) == made
    assert not list(city.workspace.folder.rglob("*series-key*"))
    file.chmod(0o644)
    with pytest.raises(InvalidInput, match="others than its owner can read"):
        series_secret(city)


def test_a_key_of_the_environment_goes_first_and_a_short_one_is_refused(tmp_path, monkeypatch):
    city = make_city(tmp_path / "city")
    monkeypatch.setenv(VARIABLE, "k" * 32)
    assert series_secret(city) == b"k" * 32 and not secret_file(city.workspace.folder).exists()
    monkeypatch.setenv(VARIABLE, "short")
    with pytest.raises(InvalidInput, match="at least 32 characters"):
        series_secret(city)
