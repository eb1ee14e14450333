from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.recipes import Entry, Recipe

words = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=12)


@given(
    st.lists(words, max_size=3), st.integers(1, 99), st.floats(50, 5000), st.none() | st.dates(),
    st.dictionaries(st.sampled_from(["bandwidth_m", "kernel", "n"]), st.integers(1, 9) | st.floats(0, 9) | words),
)  # fmt: skip
def test_a_recipe_written_and_read_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, offences: list[str], windows: int, cell_m: float, last: date | None,
    settings: dict[str, object],
) -> None:  # fmt: skip
    recipe = Recipe((Entry("kde", settings), Entry("dbscan")), "2w", windows, cell_m=cell_m, last=last,
                    offences=tuple(offences), shift_m=(25.0, -75.0))  # fmt: skip
    path = tmp_path_factory.mktemp("recipe") / "recipe.toml"
    path.write_text(recipe.text(), "utf-8")
    assert Recipe.read(path) == recipe


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text('windows = "many"\nhorizn = "7d"\nshift_m = [1.0]\nmodels = [{ nam = "kde" }]\n', "utf-8")
    with pytest.raises(InvalidInput) as caught:
        Recipe.read(path)
    assert len(caught.value.faults) == 4
    assert "horizn is not known" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("seed = -1", "seed: -1 is below 0"),
        ("flags = []", "flags: at least one is needed"),
        ("last = 2021-12-31T10:00:00", "last: 2021-12-31 10:00:00 cannot be used"),
        ("cell_m = nan", "cell_m: nan cannot be used"),
        (f"cell_m = 1{'0' * 400}", "cell_m: 10+ cannot be used"),
        ("shift_m = [inf, 0.0]", "shift_m: .* cannot be used"),
        ("shift_m = [true, 0.0]", "shift_m: .* cannot be used"),
    ],
)
def test_a_value_that_no_test_can_use_is_named(line: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        Recipe.from_text(line, "here")


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="cannot be read"):
        Recipe.read(path)


def test_entries_as_on_the_command_line() -> None:
    entry = Entry.parse("kde:bandwidth_m=200,kernel=gaussian")
    assert (entry.name, dict(entry.settings)) == ("kde", {"bandwidth_m": "200", "kernel": "gaussian"})
    assert str(entry) == "kde:bandwidth_m=200,kernel=gaussian"
    with pytest.raises(InvalidInput, match="not of the form"):
        Entry.parse("kde:wide")
