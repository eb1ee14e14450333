"""A meeting pack published: the levels above and below see what it says in short, with version, mark and last day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.notices import LONGEST_TEXT, Notice, ProductKind
from ilpgeo.core.query import Query
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.types import Access
from ilpgeo.core.wording import cut, day, marks_of_sources, plural
from ilpgeo.pipeline.meeting import MeetingPack
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.other_levels import put_out
from ilpgeo.pipeline.recorded import journal_of

N_FIRST, N_DECIDED = 3, 3
_LINE, _PART = 320, 140


def publish_pack(
    opened: Opened,
    pack: MeetingPack,
    access: Access,
    by: str,
    *,
    expires: date,
    handling: str = "",
    note: str = "",
    based_on: int = 0,
) -> Recorded[Notice]:
    """Publish a pack for the levels above and below: a new version of the one its level and area published before.

    Parameters
    ----------
    note
        A sentence of whoever publishes it; it stands first.
    based_on
        The revision of the pack published before that the person saw; 0 for none. See `published_pack`.

    Raises
    ------
    NotAllowed
        When the role does not publish, or not for this level and area.
    InvalidInput
        For a scope of several areas, or a last day before the day of the pack.
    Conflict
        When somebody else published it meanwhile.
    """
    query = pack.query
    if len(query.areas) > 1:
        raise InvalidInput("a pack is published for one area or for all of them: choose one on Priorities")
    lines = [cut(note.strip(), _LINE)] * bool(note.strip())
    text = "\n".join((*lines, *(cut(each, _LINE) for each in in_short(pack))))
    notice = Notice(
        ProductKind.PACK, query.level, f"Tasking meeting of {day(pack.today)}", cut(text, LONGEST_TEXT), expires,
        query.areas[0] if query.areas else "", handling.strip(), data_version=pack.briefing.value.version,
    )  # fmt: skip
    return put_out(opened, notice, access, by, pack.today, _document(query), based_on)


def published_pack(opened: Opened, query: Query) -> Recorded[Notice] | None:
    """Return the newest revision of the pack that the level and area of a question published; None: never."""
    found = journal_of(opened).history(Notice, _document(query))
    return found[-1] if found else None


def in_short(pack: MeetingPack) -> tuple[str, ...]:
    """Return what a pack says, a line for each of its parts; all counts as they were released."""
    return (_first(pack), _threats(pack), _due(pack), _done(pack), _not_known(pack), *_decided(pack))


def _document(query: Query) -> str:
    """Return the id under which a level and area publishes its packs: the same each time."""
    key = "\n".join((ProductKind.PACK, query.level, *query.areas))
    return "pack-" + hashlib.sha256(key.encode()).hexdigest()[:12]


def _first(pack: MeetingPack) -> str:
    briefing = pack.briefing.value
    ranked = [each for each in briefing.priorities if each.rank is not None][:N_FIRST]
    named = "; ".join(f"{each.rank} {each.name}, {each.tier}" for each in ranked)
    n, weights = len(briefing.sources_left_out) + briefing.n_not_given, briefing.query.weights
    told = "; ".join(marks_of_sources(briefing.query.made_for, n, is_weighted=weights is not None))
    of = f" ({told})" if told else ""
    return f"Priorities{of}: {named or 'no area can be ranked, there are no data for this period'}"


def _threats(pack: MeetingPack) -> str:
    if pack.assessment is None:
        return f"Threats: not assessed. {pack.no_assessment}"
    from ilpgeo.cycle.threat_words import headline

    return f"Threats: {headline(pack.assessment.value)}"


def _due(pack: MeetingPack) -> str:
    if not pack.due:
        return "Taskings: none is due or overdue"
    first = pack.due[0]
    n_late = sum(each.is_late for each in pack.due)
    late = f", {n_late} of them late" if n_late else ""
    name = cut(first.followed.value.place.name, _PART)
    return f"Taskings: {plural(len(pack.due), 'needs', 'need')} attention{late}; first {name}, {first.words}"


def _done(pack: MeetingPack) -> str:
    n = sum(len(each.outcomes) for each in pack.done)
    parts = [f"Since {day(pack.since)}: {plural(n, 'outcome')} logged"]
    parts += [each.value.sentences[0] for each in pack.evaluations[:1] if each.value.sentences]
    return "; ".join(parts)


def _not_known(pack: MeetingPack) -> str:
    waiting = [each for each in pack.gaps.value if each.gap.state.is_waiting]
    if not waiting:
        return "Not known: no gap is waiting"
    return f"Not known: {plural(len(waiting), 'gap waits', 'gaps wait')}; first {cut(waiting[0].gap.text, _PART)}"


def _decided(pack: MeetingPack) -> Iterator[str]:
    own = [each.value.what for each in pack.decisions if each.value.level is pack.query.level]
    if own:
        more = f"; {len(own) - N_DECIDED} more" if len(own) > N_DECIDED else ""
        yield f"Decided: {'; '.join(cut(each, _PART) for each in own[:N_DECIDED])}{more}"
