"""The command that watches a folder: what happens is told as it happens."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ilpgeo.core.watched import Outcome, WatchedFile

if TYPE_CHECKING:
    from ilpgeo.pipeline.watched import Look, Watcher

_ONCE_LOOKS = 6
_UNITS_S = {"s": 1, "m": 60}


def pause(text: str) -> float:
    """Return the seconds of ``5s`` or ``2m``: 1 s to 60 m."""
    found = re.fullmatch(r"(\d{1,4})([sm])", text.strip())
    seconds = int(found[1]) * _UNITS_S[found[2]] if found else 0
    if not 1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a pause such as 5s or 2m, from 1s to 60m")
    return float(seconds)


def watch(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Watch a folder until stopped, or look once."""
    from ilpgeo import pipeline

    watcher = pipeline.Watcher(options.folder, options.workspace, options.source)
    if options.once:
        return _once(watcher, pipeline.SETTLE_S)
    told = _document_line if options.json else _text_line
    try:
        _go_on(watcher, options.every, told)
    except KeyboardInterrupt:
        sys.stderr.write("\nilpgeo: no longer watching\n")
    options.json = False  # every event was told already
    return {}, ""


def _once(watcher: Watcher, settle_s: float) -> tuple[dict[str, Any], str]:
    """Look until nothing is left that may still lie still; what is still being written waits for the next run."""
    done: list[WatchedFile] = []
    look = watcher.look()
    for _ in range(_ONCE_LOOKS):
        done += look.done
        if not look.waiting:
            break
        time.sleep(settle_s + 0.1)
        look = watcher.look()
    else:
        done += look.done
    document = {
        "brought": [asdict(each) for each in done if each.outcome is Outcome.BROUGHT],
        "quarantined": [asdict(each) for each in done if each.outcome is Outcome.REFUSED],
        "waiting": [{"name": name, "why": why} for name, why in look.waiting],
    }
    lines = [_told(each) for each in done] + [f"{name}: left alone, {why}" for name, why in look.waiting]
    return document, "\n".join(lines) or "nothing new"


def _go_on(watcher: Watcher, every_s: float, told: Callable[[Look], str]) -> None:
    waiting: tuple[tuple[str, str], ...] = ()
    while True:
        look = watcher.look()
        text = told(look) if look.done or look.waiting != waiting else ""
        waiting = look.waiting
        if text:
            sys.stdout.write(text)
            sys.stdout.flush()
        time.sleep(every_s)


def _document_line(look: Look) -> str:
    document = {
        "done": [asdict(each) for each in look.done],
        "waiting": [{"name": name, "why": why} for name, why in look.waiting],
    }
    return json.dumps(document, ensure_ascii=False) + "\n"


def _text_line(look: Look) -> str:
    return "".join(f"{_told(each)}\n" for each in look.done)


def _told(each: WatchedFile) -> str:
    if each.outcome is Outcome.REFUSED:
        return f"{each.name}: quarantined, {each.why}"
    if each.why and not each.n_rows:
        return f"{each.name}: nothing new, {each.why}"
    doubt = f"; {each.why}" if each.why else ""
    return (
        f"{each.name}: brought in, {each.accepted:,} accepted + {each.quarantined:,} quarantined"
        f" + {each.duplicates:,} duplicates{doubt}"
    )
