"""What is refused reads on every screen as a person would write it, whichever part of the program refuses."""

import ast
import re
from pathlib import Path

import pytest

import ilpgeo
from ilpgeo.core.errors import InvalidInput, NotAllowed, raise_all
from ilpgeo.core.wording import refused

ERRORS = {"InvalidInput", "NotFound", "NotAllowed", "Conflict", "StoreBusy"}
PART = re.compile(r"^([a-z][a-z_-]*(?: [A-Za-z_*-]+){0,2}): ")
# Words before a colon that are a part of the sentence are none of these.
VERBS = {"is", "are", "was", "has", "needs", "say", "choose", "there", "this", "no", "it"}


def beginning(node: ast.expr) -> str:
    """Return the fixed words a text begins with."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def calls() -> list[ast.Call]:
    files = sorted(Path(ilpgeo.__file__).parent.rglob("*.py"))
    trees = (ast.parse(file.read_text("utf-8")) for file in files)
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def parts() -> set[str]:
    """Return every part of the program that names itself in what it refuses."""
    found = set()
    for call in calls():
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name in ERRORS and call.args and (part := PART.match(beginning(call.args[0]))):
            found.add(part[1])
        if name == "raise_all":
            subject = next(each.value for each in call.keywords if each.arg == "subject")
            if isinstance(subject, ast.Constant) and subject.value[:1].islower():
                found.add(subject.value)
    return found


def test_no_part_of_the_program_names_itself_on_a_screen() -> None:
    found = parts()
    assert {"publication", "tasking", "gap", "kde", "grid", "incidents", "threat assessment"} <= found
    for part in found - {"--areas"}:
        assert not VERBS & set(part.split()), f"{part!r} is a part of its sentence and would be left out"
        assert refused(InvalidInput(f"{part}: a day is needed")) == "A day is needed."
        with pytest.raises(InvalidInput) as caught:
            raise_all(["a day is needed", "an owner is needed: the name of who stands for it"], subject=part)
        assert refused(caught.value) == "A day is needed. An owner is needed: the name of who stands for it."


def test_what_names_a_file_a_model_or_nothing_stays_whole() -> None:
    with pytest.raises(InvalidInput) as caught:
        raise_all(["row 3: no offence", "row 7: no day"], subject="/data/towns.csv")
    assert refused(caught.value) == "/data/towns.csv: row 3: no offence; row 7: no day."
    with pytest.raises(InvalidInput) as caught:
        raise_all(["the bandwidth must be at least 25 m"], subject="Kernel density")
    assert refused(caught.value) == "Kernel density: the bandwidth must be at least 25 m."
    assert refused(InvalidInput("burglary.csv: the file is empty")) == "burglary.csv: the file is empty."
    assert refused(NotAllowed("the role reader does not publish models; ask an analyst")) == (
        "The role reader does not publish models; ask an analyst."
    )
    assert refused(InvalidInput("Stopped, as asked")) == "Stopped, as asked."
