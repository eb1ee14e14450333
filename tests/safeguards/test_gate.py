"""Nothing is shown but what was released: no file but the gate makes `Released`, no file but one shows a raw table."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "ilpgeo"
GATE = "safeguards/release.py"
WIDGETS = "ui/released.py"
RAW = {"dataframe", "table", "download_button", "data_editor"}
STREAMLIT = {"streamlit", "st"}


def breaches(source: str, file: str) -> list[str]:
    """Return what in a file goes around the gate: `Released(...)`, under any name, and Streamlit's raw tables."""
    tree = ast.parse(source)
    released, streamlit, tables = {"Released"}, set(STREAMLIT), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            released |= {each.asname or each.name for each in node.names if each.name == "Released"}
            if (node.module or "").split(".")[0] == "streamlit":
                tables |= {each.asname or each.name for each in node.names if each.name in RAW}
        elif isinstance(node, ast.Import):
            streamlit |= {each.asname or each.name for each in node.names if each.name == "streamlit"}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and file != GATE and _is_named(node.func, released):
            found.append(f"{file}:{node.lineno}: makes Released")
        if file == WIDGETS:
            continue
        if isinstance(node, ast.Attribute) and node.attr in RAW and _is_shown_by(node.value, streamlit):
            found.append(f"{file}:{node.lineno}: shows a raw {node.attr}")
        if isinstance(node, ast.Name) and node.id in tables:
            found.append(f"{file}:{node.lineno}: shows a raw {node.id}")
    return found


def _is_named(node: ast.expr, names: set[str]) -> bool:
    if isinstance(node, ast.Subscript):  # Released[Briefing](...)
        return _is_named(node.value, names)
    if isinstance(node, ast.Attribute):  # core.briefing.Released(...)
        return node.attr == "Released"
    return isinstance(node, ast.Name) and node.id in names


def _is_shown_by(node: ast.expr, streamlit: set[str]) -> bool:
    """Tell st.table and st.sidebar.table from workspace.table: the chain starts with streamlit, or in a container."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id in streamlit


def test_only_the_gate_releases_and_only_one_file_shows_tables():
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        found += breaches(path.read_text("utf-8"), path.relative_to(PACKAGE).as_posix())
    assert found == []


def test_the_gate_is_where_this_test_looks_for_it():
    assert "Released(" in (PACKAGE / GATE).read_text("utf-8")
    assert breaches((PACKAGE / GATE).read_text("utf-8"), "elsewhere.py")


@pytest.mark.parametrize(
    "planted",
    [
        "from ilpgeo.core.types import Released\nx = Released(1)",
        "from ilpgeo.core.types import Released as R\nx = R(1)",
        "import ilpgeo.core.briefing as b\nx = b.Released(1)",
        "x = Released[int](1)",
        "import streamlit as st\nst.dataframe([1])",
        "import streamlit\nstreamlit.table([1])",
        "import streamlit as sl\nsl.sidebar.download_button('x', 'y')",
        "import streamlit as st\nst.columns(2)[0].data_editor([1])",
        "import streamlit as st\nshow = st.dataframe\nshow([1])",
        "from streamlit import table as t\nt([1])",
    ],
)
def test_the_finder_finds_a_planted_case(planted):
    assert len(breaches(planted, "ui/screens/somewhere.py")) == 1


@pytest.mark.parametrize(
    "innocent",
    [
        "workspace.table('harm')",
        "from ilpgeo.core.types import Released\ndef show(x: Released[int]) -> None: ...",
        "import streamlit as st\nst.metric('x', 1)",
    ],
)
def test_the_finder_leaves_the_innocent_alone(innocent):
    assert breaches(innocent, "pipeline.py") == []


def test_each_exception_is_for_its_own_file_only():
    assert breaches("import streamlit as st\nst.table([1])", WIDGETS) == []
    assert len(breaches("import streamlit as st\nst.table([1])", GATE)) == 1
    assert len(breaches("x = Released(1)", WIDGETS)) == 1
