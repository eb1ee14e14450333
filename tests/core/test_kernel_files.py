"""Machine code is found again by the content of what it was made of, and by nothing else."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

from ilpgeo.core import kernel_files, kernel_marks
from ilpgeo.core.kernel_files import folder_of, home_of, is_steady, sources_of, stamp_of

ROOT = Path(__file__).resolve().parents[2]
TOY = {
    "__init__.py": "",
    "far.py": "REACH = 3\n",
    "sizes.py": "from toy.far import REACH\n\nN = 10 + REACH\n",
    "rooms/__init__.py": "",
    "rooms/near.py": "LEVEL = 1\n",
    "asleep.py": "LATER = 1\n",
    "typed.py": "Word = str\n",
    "other.py": "from toy.kernel import kernel\n",
    "kernel.py": """from __future__ import annotations

from typing import TYPE_CHECKING

from toy import (
    rooms,
    sizes,  # the constants
)
from toy.rooms import near

if TYPE_CHECKING:
    from toy.typed import Word


def kernel() -> Word:
    from toy.asleep import LATER

    return str(sizes.N + near.LEVEL + LATER)
""",
}


def toy(folder: Path, **changed: str) -> Path:
    """Write the package and return its kernel's file; dots in a changed file's name are written as two underlines."""
    files = TOY | {f"{name.replace('__', '/')}.py": text for name, text in changed.items()}
    for name, text in files.items():
        (folder / "toy" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "toy" / name).write_text(text, "utf-8")
    return folder / "toy" / "kernel.py"


@pytest.fixture(autouse=True)
def unnamed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Let each test begin as a new process does, with a cache of its own user."""
    monkeypatch.delenv(kernel_files.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "users"))
    home_of.cache_clear()
    yield
    home_of.cache_clear()


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files written by the test count as older than the process."""
    monkeypatch.setattr(kernel_files, "_BEGUN_NS", sys.maxsize)


def test_the_sources_are_the_file_and_all_it_imports_when_it_is_imported(tmp_path: Path):
    kernel = toy(tmp_path)
    assert {file.relative_to(kernel.parent).as_posix() for file in sources_of(kernel)} == {
        "__init__.py", "kernel.py", "sizes.py", "far.py", "rooms/__init__.py", "rooms/near.py",
    }  # fmt: skip


def test_the_stamp_is_that_of_the_content_wherever_and_whenever_it_lies(tmp_path: Path):
    here, there = toy(tmp_path / "here"), toy(tmp_path / "there")
    os.utime(there.with_name("far.py"), (0, 0))
    os.utime(there, (0, 0))
    assert stamp_of(here) == stamp_of(there)
    assert len(stamp_of(here)) == 16


@pytest.mark.parametrize("name", ["kernel", "sizes", "far", "rooms__near", "rooms____init__", "__init__"])
def test_another_content_of_anything_it_is_made_of_is_another_stamp(tmp_path: Path, name: str):
    file = "__init__.py" if name == "__init__" else f"{name.replace('__', '/', 1)}.py"
    changed = toy(tmp_path / "changed")
    at = changed.parent / file
    at.write_text(f"{at.read_text('utf-8')}\nMORE = 1\n", "utf-8")
    assert stamp_of(changed) != stamp_of(toy(tmp_path / "first"))


@pytest.mark.parametrize("name", ["asleep", "typed", "other"])
def test_what_a_kernel_is_not_made_of_leaves_its_stamp(tmp_path: Path, name: str):
    changed = toy(tmp_path / "changed", **{name: "SOMETHING = 'else'\n"})
    assert stamp_of(changed) == stamp_of(toy(tmp_path / "first"))


def test_relative_imports_and_plain_ones_count_too(tmp_path: Path):
    text = "import toy.sizes as sizes, os\nfrom .rooms import near\nfrom . import asleep\n"
    kernel = toy(tmp_path, kernel=text)
    found = {file.name for file in sources_of(kernel)}
    assert found >= {"kernel.py", "sizes.py", "far.py", "near.py", "asleep.py"}


def test_a_package_keeps_its_code_in_its_own_pycache(tmp_path: Path, settled: None):
    kernel = toy(tmp_path)
    assert folder_of(kernel) == tmp_path / "toy" / "__pycache__" / "kernels" / stamp_of(kernel)


def test_a_package_that_cannot_be_written_keeps_it_with_the_user(tmp_path: Path, settled: None):
    kernel = toy(tmp_path)
    (tmp_path / "toy" / "__pycache__").write_text("a file is in the way, for root too", "utf-8")
    folder = folder_of(kernel)
    assert folder is not None
    assert folder.is_relative_to(tmp_path / "users" / "toy")
    assert folder.name == stamp_of(kernel)


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path, settled: None):
    kernel = toy(tmp_path)
    (tmp_path / "toy" / "__pycache__").write_text("in the way", "utf-8")
    (tmp_path / "users").write_text("in the way", "utf-8")
    assert folder_of(kernel) is None


def test_the_named_folder_comes_first_and_two_installations_share_it(
    tmp_path: Path, settled: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(kernel_files.VARIABLE, str(tmp_path / "named"))
    here, there = folder_of(toy(tmp_path / "here")), folder_of(toy(tmp_path / "there"))
    assert here is not None
    assert there is not None
    assert here.name == there.name
    assert here.parent != there.parent
    assert here.parent.parent == there.parent.parent == tmp_path / "named"


def test_a_child_that_inherits_the_named_folder_finds_the_same(tmp_path: Path):
    kernel = toy(tmp_path)
    work = (
        "import os, subprocess, sys; from pathlib import Path; from ilpgeo.core import jit, kernel_files\n"
        f"print(kernel_files.folder_of(Path({str(kernel)!r})), flush=True)\n"
        "if len(sys.argv) == 1: subprocess.run([sys.executable, __file__, 'child'], check=True)\n"
    )
    (tmp_path / "work.py").write_text(work, "utf-8")
    said = run(tmp_path / "work.py", NUMBA_CACHE_DIR=str(tmp_path / "named"))
    first, second = said.splitlines()
    assert first == second
    assert Path(first).parent.parent == tmp_path / "named"


def test_sources_that_change_under_a_process_leave_it_without_a_folder(tmp_path: Path):
    kernel = toy(tmp_path)  # written after this process began
    assert not is_steady(sources_of(kernel))
    assert folder_of(kernel) is None


def run(script: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, script], check=False, capture_output=True, text=True, timeout=120,
        env={
            **os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{script.parent}", "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(("decorator", "second"), [("ours", "20 compiled"), ("numba's own", "10 kept")])
def test_a_constant_changed_in_another_module_reaches_the_kernel(tmp_path: Path, decorator: str, second: str):
    ours, plain = "from ilpgeo.core.jit import compiled", "import numba\ncompiled = numba.njit(cache=True)"
    how = ours if decorator == "ours" else plain
    (tmp_path / "town").mkdir()
    (tmp_path / "town/__init__.py").touch()
    (tmp_path / "town/sizes.py").write_text("N = 10\n", "utf-8")
    kernel = f"{how}\nfrom town.sizes import N\n\n\n@compiled\ndef size():\n    return N\n"
    (tmp_path / "town/kernel.py").write_text(kernel, "utf-8")
    script = tmp_path / "ask.py"
    script.write_text(
        "from town.kernel import size; print(size(), 'kept' if size.stats.cache_hits else 'compiled')", "utf-8"
    )
    assert run(script) == "10 compiled"
    assert run(script) == "10 kept"
    (tmp_path / "town/sizes.py").write_text("N = 20\n", "utf-8")
    assert run(script) == second


KERNELS = kernel_marks._kernels()


def modules_imported(node: ast.AST, package: str) -> Iterator[str]:
    """Yield what may be modules among what the statements of a module import when it is imported."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(each, ast.If) and ast.unparse(each.test) == "TYPE_CHECKING":
            continue
        if isinstance(each, ast.ImportFrom):
            base = resolve_name("." * each.level + (each.module or ""), package) if each.level else each.module or ""
            yield from (base, *(f"{base}.{name.name}" for name in each.names))
        elif isinstance(each, ast.Import):
            yield from (name.name for name in each.names)
        else:
            yield from modules_imported(each, package)


def test_the_imports_found_by_their_place_in_the_line_are_those_python_makes():
    everything = set().union(*map(sources_of, KERNELS))
    assert len(everything) > 50
    for file in everything:
        package = ".".join(file.relative_to(ROOT).parent.parts)
        expected = {
            path
            for name in modules_imported(ast.parse(file.read_bytes()), package)
            if name.partition(".")[0] == "ilpgeo"
            for path in (ROOT / f"{name.replace('.', '/')}.py", ROOT / name.replace(".", "/") / "__init__.py")
            if path.is_file()
        }
        assert kernel_files.imports_of(file) == expected, file


def test_no_module_but_one_compiles_and_it_decorates_functions_of_modules_only():
    names = {"compiled", "compiled_fused", "compiled_reordered"}
    n_kernels = 0
    for file in sorted((ROOT / "ilpgeo").rglob("*.py")):
        tree = ast.parse(file.read_bytes())
        imported = {name for node in ast.walk(tree) for name in _imported(node)}
        if file != ROOT / "ilpgeo/core/jit.py":
            assert not {name for name in imported if name.partition(".")[0] == "numba"}, file
        decorated = {node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and names & _decorators(node)}
        assert decorated <= set(tree.body), file  # a kernel within a function could hold what no import shows
        assert not decorated or file in KERNELS, file
        n_kernels += len(decorated)
    assert n_kernels > 100


def _imported(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Import(names=names):
            return tuple(each.name for each in names)
        case ast.ImportFrom(module=str(module)):
            return (module,)
    return ()


def _decorators(function: ast.FunctionDef) -> set[str]:
    return {each.id for each in function.decorator_list if isinstance(each, ast.Name)}
