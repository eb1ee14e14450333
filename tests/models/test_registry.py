import subprocess
import sys

import pytest

from ilpgeo.core.errors import NotFound
from ilpgeo.core.params import params_of
from ilpgeo.core.protocols import Model
from ilpgeo.models.registry import BESIDE, MODELS, all_models, model_class


@pytest.mark.parametrize("name", MODELS)
def test_a_model_knows_its_own_name_and_keeps_the_contract(name: str) -> None:
    model = model_class(name)
    assert model.name == name
    assert isinstance(model(), Model)
    assert model.purpose in {"where", "when", "significant", "next", "spreading"}
    assert model.summary.endswith(".")


def test_an_unknown_model_is_named_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="kde"):
        model_class("crystal_ball")


def test_listing_models_with_their_parameters_compiles_nothing() -> None:
    program = (
        "import sys; from ilpgeo.models.registry import all_models; from ilpgeo.core.params import params_of; "
        "[params_of(m) for m in all_models()]; print([m for m in ('numba', 'scipy', 'shapely') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_every_parameter_has_words_and_bounds() -> None:
    for model in all_models():
        for p in params_of(model):
            assert p.label and p.help.endswith("."), (model.name, p.name)
            assert p.choices or isinstance(p.default, bool) or (p.low is not None and p.high is not None), p.name


def test_what_stands_beside_a_model_is_there_and_is_not_the_model_itself() -> None:
    for name, beside in BESIDE.items():
        assert {name, *beside} <= set(MODELS)
        assert name not in beside and len(set(beside)) == len(beside) > 0
