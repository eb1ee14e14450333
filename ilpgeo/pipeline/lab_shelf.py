"""Where the lab keeps what it has worked out: one file of JSON lines per sweep, in the workspace's folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ilpgeo.backtest.response import Tried
from ilpgeo.backtest.sweep import Point, SweepPlan
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.recipes import Recipe
from ilpgeo.core.types import Access

FOLDER = "lab"


@dataclass(frozen=True, slots=True)
class SweepFile:
    """The file of one sweep: the windows first, then a line for each point, in the order they were worked out.

    Numbers are written so that they read back bit for bit: a sweep that was stopped and taken up again ends with the
    same result as one that was not. A line cut short by a crash is passed over, and its point worked out again.
    """

    path: Path

    @classmethod
    def of(cls, folder: Path, recipe: Recipe, plan: SweepPlan, access: Access) -> SweepFile:
        """Return the file of a sweep: another recipe, plan, data version or scope of access is another file.

        Parameters
        ----------
        folder
            The workspace's.
        recipe
            With its data version.
        """
        reach = [*sorted(access.areas), *sorted(access.levels)]
        told = json.dumps([recipe.text(), str(plan), reach])
        return cls(folder / FOLDER / f"{hashlib.sha256(told.encode()).hexdigest()[:20]}.jsonl")

    def lines(self) -> list[dict[str, Any]]:
        """Return every line that is whole."""
        if not self.path.is_file():
            return []
        found = []
        for line in self.path.read_text("utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found

    def windows(self) -> tuple[FloatArray, FloatArray] | None:
        """Return the incidents of each window, shape (folds,), and the prior count's hits, shape (folds, flags)."""
        head = next((line for line in self.lines() if "total" in line), None)
        return None if head is None else (np.array(head["total"]), np.array(head["prior"]))

    def tried(self, flag: int) -> dict[Point, Tried]:
        """Return the points worked out so far, at one flagged area."""
        windows = self.windows()
        if windows is None:
            return {}
        total, prior = windows
        answer: dict[Point, Tried] = {}
        for line in self.lines():
            if "point" in line:
                point = tuple((name, value) for name, value in line["point"])
                hits = np.array(line["hits"])[:, flag] if line["hits"] else np.zeros(0)
                answer.setdefault(point, Tried(point, hits, prior[:, flag], total, line["fault"]))
        return answer

    def begin(self, recipe: Recipe, plan: SweepPlan, total: FloatArray, prior: FloatArray) -> None:
        """Write down what is swept, and on which windows."""
        head = {"recipe": recipe.text(), "plan": str(plan), "total": total.tolist(), "prior": prior.tolist()}
        self._add([head])

    def add(self, points: Sequence[tuple[Point, FloatArray | None, str]]) -> None:
        """Write down points with their hits, shape (folds, flags), or the fault that kept each from being tried."""
        self._add(
            [
                {"point": [list(pair) for pair in point], "hits": [] if hits is None else hits.tolist(), "fault": fault}
                for point, hits, fault in points
            ]
        )

    def _add(self, lines: Sequence[dict[str, Any]]) -> None:
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        try:
            self.path.parent.mkdir(exist_ok=True)
            before = self.path.read_bytes() if self.path.is_file() else b"\n"
            is_cut = not before.endswith(b"\n")
            with self.path.open("a", encoding="utf-8") as file:
                file.write(("\n" if is_cut else "") + text)
        except OSError as error:
            raise InvalidInput(f"the sweep cannot be kept in {self.path.parent}: {error.strerror}") from error
