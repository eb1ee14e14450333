"""What a tasking meeting goes through, in words: the same on the screen, on the web page, on paper and on slides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ilpgeo.core import wording as words
from ilpgeo.core.assessment import Course
from ilpgeo.core.briefing import Briefing, Tier
from ilpgeo.core.products import Marking
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.meeting import MeetingPack
from ilpgeo.reports import sentences
from ilpgeo.reports.command import command

DUE = "Taskings due"
TO_DECIDE, TO_WRITE = "To be decided today", ("What", "Why", "Who sees to it", "Due")
GROUNDS = "What it rests on"
N_FIRST, N_REASONS, N_SENTENCES = 5, 2, 3


@dataclass(frozen=True, slots=True)
class Item:
    """One thing the meeting looks at.

    Attributes
    ----------
    head, said, late, fine
        What it is, what is said of it, why it presses, what stands beside it; any may be empty.
    tier
        Whose mark stands before it.
    """

    head: str = ""
    said: str = ""
    late: str = ""
    fine: str = ""
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A point of the agenda.

    Attributes
    ----------
    heading, items
        What it is called, and what it goes through.
    none
        What is said where there is nothing.
    n
        How many things there are to look at; of threats, how many are emerging.
    note
        What must be said before them.
    """

    heading: str
    items: tuple[Item, ...]
    none: str
    n: int
    note: str = ""


def title(pack: MeetingPack) -> str:
    """Return what the meeting is about."""
    return f"Tasking meeting, {pack.place}: {pack.settings.label(pack.query.level)}"


def under(pack: MeetingPack) -> str:
    """Return the day, since when, and which days are counted."""
    counted = words.span(value_of(pack.briefing, Briefing).query.period)
    return f"{words.day(pack.today)}; outcomes and decisions since {words.day(pack.since)}; counts {counted}"


def under_place(pack: MeetingPack) -> str:
    """Return what stands under the place's name: of what, the day, since when, which days are counted."""
    return f"{pack.settings.label(pack.query.level)} \u00b7 {under(pack)}"


def agenda(pack: MeetingPack) -> tuple[Section, ...]:
    """Return what the meeting goes through, in its order."""
    since = words.day(pack.since)
    threats = "" if pack.assessment is not None else f"There is no threat assessment. {pack.no_assessment}"
    first = _section("Top priorities", _priorities(pack), "No area can be ranked: there are no data for this period.")
    return (
        replace(first, note=sentences.remarks_on_sources(value_of(pack.briefing, Briefing))),
        replace(_section("Threats", _threats(pack), threats), n=_emerging(pack)),
        _section(DUE, _due(pack), "No tasking is due or overdue."),
        _section("Since the last meeting", _done(pack), f"Nothing was logged since {since}."),
        _section("Did it work?", _evaluated(pack), f"Nothing was evaluated since {since}."),
        _section("Not known", _gaps(pack), "No gap is waiting."),
        _section("Decided", _decided(pack), f"Nothing was decided since {since}."),
    )


def _section(heading: str, items: Iterable[Item], none: str) -> Section:
    told = tuple(items)
    return Section(heading, told, none, len(told))


def _emerging(pack: MeetingPack) -> int:
    return (
        0 if pack.assessment is None else sum(each.course is Course.EMERGING for each in pack.assessment.value.threats)
    )


def _priorities(pack: MeetingPack) -> Iterable[Item]:
    briefing = value_of(pack.briefing, Briefing)
    for each in [one for one in briefing.priorities if one.rank is not None][:N_FIRST]:
        why = "; ".join(reason.text for reason in each.reasons[:N_REASONS])
        expected = ""
        if each.expected is not None and each.expected_interval is not None:
            expected = f"{words.number(each.expected)} expected ({words.interval(each.expected_interval)}); "
        yield Item(f"{each.rank} {each.name}", each.tier.value, "", expected + why, each.tier)


def _threats(pack: MeetingPack) -> Iterable[Item]:
    from ilpgeo.cycle.threat_words import headline

    if pack.assessment is None:
        return
    found = pack.assessment.value
    yield Item(headline(found))
    for each in found.text[:N_SENTENCES]:
        yield Item(said=each)


def _due(pack: MeetingPack) -> Iterable[Item]:
    for each in pack.due:
        tasking, is_late = each.followed.value, each.is_late
        yield Item(
            tasking.place.name, "" if is_late else each.words, each.words if is_late else "",
            f"{tasking.owner}: {tasking.aim}",
        )  # fmt: skip


def _done(pack: MeetingPack) -> Iterable[Item]:
    for each in pack.done:
        for one in each.outcomes:
            said = one.value
            seen = f"{said.seen}; " if said.seen else ""
            given = f"{words.plural(said.visits, 'visit')}, {words.number(said.minutes)} min"
            yield Item(each.value.place.name, f"{words.day(said.on)}: {said.done}", "", f"{seen}{given}")


def _evaluated(pack: MeetingPack) -> Iterable[Item]:
    names = {each.tasking.id: each.value.place.name for each in pack.board.value.taskings}
    for each in pack.evaluations:
        if each.value.sentences:
            yield Item(names.get(each.value.tasking, ""), each.value.sentences[0])


def _gaps(pack: MeetingPack) -> Iterable[Item]:
    for each in pack.gaps.value:
        gap = each.gap
        if gap.state.is_waiting:
            due = f", due {words.day(gap.due)}" if gap.due else ""
            who = f"{gap.owner}{due}" if gap.owner else "Nobody has it yet"
            yield Item(words.opening(gap.kind), gap.text, "overdue" if each.is_overdue else "", who)


def _decided(pack: MeetingPack) -> Iterable[Item]:
    for each in pack.decisions:
        said = each.value
        due = f", due {words.day(said.due_on)}" if said.due_on else ""
        yield Item(words.day(said.on), said.what, "", f"{said.owner}; because {said.why}{due}")


def grounds(pack: MeetingPack, stamp: Marking) -> tuple[str, ...]:
    """Return what the pack rests on: method, data, records and the command that makes it again."""
    briefing = value_of(pack.briefing, Briefing)
    withheld = f"Counts under {pack.settings.small_count} are withheld."
    quality = "; ".join(f"{name.lower()}: {share}" for name, share in sentences.quality(briefing.quality))
    return (
        sentences.method(briefing, pack.settings.harm_source),
        f"{sentences.gaps(briefing)} {withheld} Quality of the data: {briefing.quality.light} ({quality}).",
        "Taskings, outcomes, evaluations, gaps and decisions are those on record when this was made. To make it again: "
        f"{again(pack, stamp)}",
    )


def again(pack: MeetingPack, stamp: Marking) -> str:
    """Return the command that makes the pack of the same question, days and data again."""
    days = [f"--since {pack.since} --on {pack.today}"]
    version = value_of(pack.briefing, Briefing).version
    return command("meeting", pack.query, pack.query.areas, days, version, stamp)
