"""The form generator: every kind of parameter, its defaults, its faults."""

from streamlit.testing.v1 import AppTest

from ilpgeo.core.params import params_of
from ilpgeo.models.registry import all_models


def shown() -> None:
    from dataclasses import dataclass

    import streamlit as st

    from ilpgeo.core.params import check, param
    from ilpgeo.ui.forms import form

    @dataclass(frozen=True)
    class Made:
        title = "Made up"
        reach_m: float = param(300.0, label="Reach", help="How far it reaches", unit="m", low=50, high=2000, step=10)
        least: int = param(30, label="Least", help="Fewest incidents", low=1, high=500, step=1)
        cap: int = param(9, label="Cap", help="No upper bound", low=1)
        kernel: str = param("quartic", label="Kernel", help="Its shape", choices=("quartic", "gaussian"))
        base: str = param("a", label="Base", help="Many", choices=("a", "b", "c", "d", "e"))
        strict: bool = param(True, label="Strict", help="Be strict")

        def __post_init__(self) -> None:
            check(self)

    st.session_state["made"] = form(Made, "f", {"least": 40})


def test_each_parameter_gets_the_field_that_suits_it():
    page = AppTest.from_function(shown, default_timeout=30).run()
    assert not page.exception
    assert [each.label for each in page.select_slider] == ["Reach (m)", "Least"]
    assert page.select_slider[0].help == "How far it reaches. Default: 300 m"
    assert [each.label for each in page.number_input] == ["Cap"]
    assert [each.label for each in page.selectbox] == ["Base"]
    assert [each.label for each in page.toggle] == ["Strict"]
    made = page.session_state["made"]
    assert (made.reach_m, made.least, made.cap, made.kernel, made.strict) == (300.0, 40, 9, "quartic", True)


def test_what_is_set_is_what_comes_back_with_its_kind():
    page = AppTest.from_function(shown, default_timeout=30).run()
    page.select_slider[0].set_value(450.0)
    page.select_slider[1].set_value(15)
    page.toggle[0].set_value(False)
    page.selectbox[0].set_value("e")
    page.run()
    made = page.session_state["made"]
    assert (made.reach_m, made.least, made.strict, made.base) == (450.0, 15, False, "e")
    assert isinstance(made.least, int) and isinstance(made.reach_m, float)


def all_forms() -> None:
    import streamlit as st

    from ilpgeo.models.registry import all_models
    from ilpgeo.ui.forms import form

    st.session_state["made"] = {model.name: form(model, model.name) for model in all_models()}


def test_every_model_has_a_form_whose_defaults_are_the_models_own():
    page = AppTest.from_function(all_forms, default_timeout=60).run()
    assert not page.exception
    for model in all_models():
        made = page.session_state["made"][model.name]
        assert made == model()
        assert {p.name for p in params_of(model)} == {p.name for p in params_of(made)}


def faulty() -> None:
    from dataclasses import dataclass

    import streamlit as st

    from ilpgeo.core.errors import InvalidInput
    from ilpgeo.core.params import param
    from ilpgeo.ui.forms import form

    @dataclass(frozen=True)
    class Pair:
        low_m: int = param(10, label="Low", help="x", low=0, high=50, step=1)
        high_m: int = param(5, label="High", help="x", low=0, high=50, step=1)

        def __post_init__(self) -> None:
            raise InvalidInput("pair: low above high", ["low_m must be below high_m"])

    st.session_state["made"] = form(Pair, "f")


def test_faults_are_shown_as_plain_sentences():
    page = AppTest.from_function(faulty, default_timeout=30).run()
    assert page.session_state["made"] is None
    assert [each.value for each in page.warning] == ["Low must be below high."]
