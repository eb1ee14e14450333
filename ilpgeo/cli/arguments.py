"""What may be written on the command line, and which command each word calls."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from ilpgeo import __version__
from ilpgeo.cli import (
    cycle,
    foresight,
    holdings,
    products,
    publications,
    questions,
    register,
    strategy,
    tasks,
    watching,
)
from ilpgeo.cli.values import Command, day, lat_lon, metres_east_north, moment, period, seed
from ilpgeo.core.query import Level


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser("ilpgeo", description="Hotspot analytics for intelligence-led policing.")
    top.add_argument("--version", action="version", version=f"ilpgeo {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help: str, run: Command, *, workspace: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(run=run)
        if workspace:
            default = os.environ.get("ILPGEO_WORKSPACE")
            sub.add_argument(
                "--workspace",
                type=Path,
                default=default and Path(default),
                required=not default,
                metavar="DIR",
                help="the workspace's folder (or set ILPGEO_WORKSPACE)",
            )
        if name != "serve":
            sub.add_argument("--json", action="store_true", help="print one JSON document")
        return sub

    demo = command("demo", "make a workspace from a bundled real sample", holdings.demo, workspace=False)
    demo.add_argument("--sample", choices=("toronto", "england-wales"), default="toronto")
    demo.add_argument("--workspace", type=Path, metavar="DIR", help="default: workspace/SAMPLE")

    init = command("init", "make a workspace of your own from area files", holdings.init, workspace=False)
    init.add_argument("folder", type=Path, metavar="DIR")
    init.add_argument(
        "--areas",
        action="append",
        required=True,
        metavar="[LEVEL:TYPE=]FILE",
        help="an area file; one alone is the local level, its union the national; repeat for more",
    )
    init.add_argument("--name", help="name of the workspace (default: the folder's name)")
    init.add_argument("--crs", help="projected CRS in metres, EPSG:n (default: chosen from the extent)")
    init.add_argument("--timezone", help="IANA name such as Europe/London (default: UTC)", default="UTC")
    init.add_argument("--start", type=day, default=date(2000, 1, 1), help="first day kept (default: 2000-01-01)")

    ingest = command("ingest", "bring incident files in", holdings.ingest)
    ingest.add_argument("files", nargs="+", type=Path, metavar="FILE", help="file or folder")
    ingest.add_argument("--source", default="", help="name of the source (default: from the file's kind and name)")
    ingest.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        dest="columns",
        help='which column holds which field; repeat; the rest is guessed; "=burglary=offence": a file of one offence',
    )
    ingest.add_argument("--crs", default="", help="CRS of projected coordinates, EPSG:n")
    ingest.add_argument("--timezone", default="", help="time zone of the file's times (default: the workspace's)")

    withdraw = command("withdraw", "take a file's incidents out again", holdings.withdraw)
    withdraw.add_argument("file_id", metavar="FILE_ID", help="as shown by status")
    command("remap", "give every incident the offence group that offences.csv now says", holdings.remap)

    factors = command("factors", "factor layers for risk terrain: add, list, remove", holdings.factors)
    factors.add_argument("action", choices=("add", "list", "remove"))
    factors.add_argument("name", nargs="?", metavar="NAME", help="what its features are, such as bars")
    factors.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="GeoJSON, GeoPackage, shapefile, KML, or a table of points"
    )
    factors.add_argument("--crs", default="", help="CRS of the file's coordinates where it does not say, EPSG:n")

    command("status", "rows, sources, quality, version", holdings.status)
    _add_register(command)
    _add_questions(command)
    _add_backtest(command)
    _add_publications(command)
    _add_cycle(command)

    watched = command("watch", "a folder whose new files are brought in as they come", watching.watch)
    watched.add_argument("folder", type=Path, metavar="DIR", help="where files arrive")
    watched.add_argument("--source", default="", help="name of the source (default: from each file's kind and name)")
    watched.add_argument("--every", type=watching.pause, default="5s", metavar="5s", help="pause between two looks")
    watched.add_argument("--once", action="store_true", help="take what lies there and end")

    serve = command("serve", "the dashboard in a browser", _serve)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8501)
    return top


def _add_allocate(command: Callable[..., argparse.ArgumentParser]) -> None:
    sub = command("allocate", "a patrol plan: which places are visited when, by whom, in which order", tasks.allocate)
    sub.add_argument("--on", type=day, metavar="DATE", help="first day (default: the first day without data)")
    sub.add_argument("--days", type=int, default=1, help="how many days (default: 1)")
    sub.add_argument("--shift", type=int, action="append", metavar="HOUR", help="a shift begins; repeat (6, 14, 22)")
    sub.add_argument("--units", type=int, default=4, help="patrols on duty in a shift (default: 4)")
    sub.add_argument("--free-hours", type=float, default=3.0, help="hours of each free for hot spots (default: 3)")
    sub.add_argument("--stop-minutes", type=float, default=15.0, help="length of a stop (default: 15)")
    sub.add_argument("--travel-minutes", type=float, default=10.0, help="to the next stop (default: 10)")
    sub.add_argument("--places", type=int, default=60, help="how many places are looked at (default: 60)")
    sub.add_argument("--place", type=float, default=300.0, metavar="METRES", help="side of a place (default: 300)")
    sub.add_argument("--area", action="append", default=[], metavar="ID", help="only within this area; repeat")
    sub.add_argument("--offence", action="append", default=[], help="only this offence group; repeat")
    sub.add_argument("--seed", type=seed, default=0, help="number of the random order of visits (default: 0)")
    sub.add_argument("--test-weeks", type=int, default=0, help="past weeks to test such plans on (default: 0)")


def _add_register(command: Callable[..., argparse.ArgumentParser]) -> None:
    sources = command(
        "sources",
        "the register of sources: list it, register a source, what is past its retention and its removal, weights by "
        "grading",
        register.sources,
    )
    sources.add_argument("action", choices=("list", "register", "past", "remove-past", "weights"))
    sources.add_argument("name", nargs="?", default="", metavar="SOURCE", help="as its files carry it")
    sources.add_argument("--agency", help="who gives the data")
    sources.add_argument("--owner", help="person or post that answers for them")
    sources.add_argument("--legal-basis", help="why they may be held and used")
    sources.add_argument("--grading", metavar="SCALE:MARKS", help="4x4:B2, 6x6:A1 or 3x5x2:1/A/P")
    sources.add_argument("--reach", choices=[str(level) for level in Level], help="the highest level it is shown at")
    sources.add_argument("--share", action="append", metavar="AGENCY", help="an agency it may be given to; repeat")
    sources.add_argument("--conditions", help="conditions of handling, in words")
    sources.add_argument("--refresh", type=int, metavar="DAYS", help="how often new data are expected; 0: complete")
    sources.add_argument("--retention", type=int, metavar="DAYS", help="how long they may be kept; 0: not limited")
    sources.add_argument("--by", default="", help="with register, remove-past and weights: who does it")
    sources.add_argument("--why", default="", help="with remove-past: why, kept with the removal")
    sources.add_argument(
        "--confirm", type=int, metavar="N", help="with remove-past: how many incidents go for good, as past says"
    )
    sources.add_argument(
        "--weights", metavar="1,0.8,0.5,0.25,0.5", help="with weights: of the grades reliable to not graded"
    )
    gaps = command("gaps", "intelligence gaps: what is not known, who fills it, until when", register.gaps)
    gaps.add_argument("--all", action="store_true", help="answered, closed and accepted ones too")


def _add_questions(command: Callable[..., argparse.ArgumentParser]) -> None:
    command("models", "every model with its parameters, units and bounds", questions.models, workspace=False)

    hotspots = command("hotspots", "a model's hotspots as polygons", questions.hotspots)
    hotspots.add_argument("--output", type=Path, metavar="FILE", help=".geojson, .gpkg, .kml or .csv")
    explain = command(
        "explain", "what a model found in words and tables: fitted values, diagnostics", questions.explain
    )
    explain.add_argument("--output", type=Path, metavar="FILE", help=".csv: every table under its title")
    for sub in (hotspots, explain):
        sub.add_argument("--model", required=True)
        sub.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings")
        sub.add_argument("--cell", type=float, metavar="METRES", help="side of a cell (default: the workspace's)")
        sub.add_argument("--seed", type=seed, default=0, help="seed of the random numbers (default: 0)")

    priorities = command("priorities", "the ranked areas of one level", questions.priorities)
    priorities.add_argument("--level", required=True, choices=[str(level) for level in Level])
    priorities.add_argument("--area-type", default="", help="default: the level's first")
    priorities.add_argument("--output", type=Path, metavar="FILE", help=".csv or .json")
    report = command("report", "a briefing to carry away: document, slides, web page, map file, table", products.report)
    _add_report(report, ".pdf, .pptx, .html, .xlsx, .csv, .gpkg, .kml or .geojson")
    meeting = command("meeting", "the pack of a tasking meeting: document, slides or web page", products.meeting)
    _add_report(meeting, ".pdf, .pptx or .html")
    meeting.add_argument("--on", type=day, metavar="DATE", help="the day of the meeting (default: the day it is made)")
    meeting.add_argument("--since", type=day, metavar="DATE", help="the last meeting (default: 28 days before)")
    for sub in (hotspots, priorities, report, meeting):
        sub.add_argument(
            "--weights",
            default="",
            metavar="agreed",
            help="weigh the order by grading: agreed, or five numbers such as 1,0.8,0.5,0.25,0.5",
        )
    for sub in (hotspots, explain, priorities, report, meeting):
        sub.add_argument("--for", dest="made_for", default="", metavar="AGENCY", help="without what it is not given")
        sub.add_argument("--area", action="append", default=[], metavar="ID", help="only within this area; repeat")
        sub.add_argument("--period", type=period, metavar="A..B", help="ISO dates, both included")
        sub.add_argument("--offence", action="append", default=[], help="only this offence group; repeat")
        sub.add_argument("--source", action="append", default=[], help="only this source; repeat")
        sub.add_argument("--as-of", type=day, metavar="DATE", help="look from this day, blind to what came later")


def _add_report(report: argparse.ArgumentParser, forms: str) -> None:
    report.add_argument("--level", required=True, choices=[str(level) for level in Level])
    report.add_argument("--area-type", default="", help="default: the level's first")
    report.add_argument("--output", type=Path, required=True, metavar="FILE", help=forms)
    report.add_argument("--handling", metavar="TEXT", help="the handling mark on every page (default: the workspace's)")
    report.add_argument("--expires", default="", metavar="DATE", help="last day it may be used, or 14d (default: 7d)")
    report.add_argument("--made", type=day, metavar="DATE", help="the day it is made (default: today)")
    report.add_argument("--data-version", default="", metavar="VERSION", help="an older version of the data")


def _add_backtest(command: Callable[..., argparse.ArgumentParser]) -> None:
    test = command("backtest", "how models would have done on days they had not seen", foresight.backtest)
    test.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="NAME[:KEY=VALUE,...]",
        help="a model with the settings that differ from its own, such as kde:bandwidth_m=200,kernel=gaussian; repeat",
    )
    test.add_argument("--recipe", type=Path, metavar="FILE.toml", help="start from a saved recipe; options replace it")
    test.add_argument("--horizon", metavar="7d", help="how far each test looks ahead: 7d, 2w or 1m (default: 7d)")
    test.add_argument("--folds", type=int, metavar="N", help="how many windows (default: 26)")
    test.add_argument("--learn", type=int, metavar="DAYS", help="days each test learns from (default: 365)")
    test.add_argument("--from", type=day, dest="first", metavar="DATE", help="first day of the first window")
    test.add_argument("--last", type=day, metavar="DATE", help="last day of the last window (default: of the data)")
    test.add_argument(
        "--flag-area",
        action="append",
        default=[],
        metavar="AREA",
        help="how much ground is flagged: 2%%, 0.65km2 or 20cells; repeat (default: 1%%, 2%% and 5%%)",
    )
    test.add_argument("--cell", type=float, metavar="METRES", help="side of a cell (default: the workspace's)")
    test.add_argument(
        "--shift", type=metres_east_north, metavar="X,Y", help="move the grid so many metres east and north"
    )
    test.add_argument("--area", action="append", default=[], metavar="ID", help="only within this area; repeat")
    test.add_argument("--offence", action="append", default=[], help="only this offence group; repeat")
    test.add_argument("--source", action="append", default=[], help="only this source; repeat")
    test.add_argument("--seed", type=seed, help="seed of the random numbers (default: 0)")
    test.add_argument("--spread", action="store_true", help="the first model on other cells, grid shifts, bandwidths")
    test.add_argument("--save-recipe", type=Path, metavar="FILE.toml", help="write what was tested, to be run again")
    test.add_argument("--output", type=Path, metavar="FILE.csv", help="every table under its title")


def _add_publications(command: Callable[..., argparse.ArgumentParser]) -> None:
    made = command("publish", "test a model and publish it for the commander's screen", publications.publish)
    made.add_argument("--model", required=True, metavar="NAME[:KEY=VALUE,...]", help="with the settings not its own")
    made.add_argument("--note", default="", help="why it is published")
    made.add_argument("--owner", default="", help="who stands for it")
    made.add_argument("--expires", default="90d", metavar="DATE", help="last day it is shown, or 90d (the default)")
    made.add_argument("--approver", default="", help="who agreed")
    made.add_argument("--reason", default="", help="why, although it loses to the prior count")
    made.add_argument("--offence", default="", help="one offence group (default: every one)")
    made.add_argument("--area", default="", metavar="ID", help="for this area and all in it (default: everywhere)")
    made.add_argument("--level", choices=[str(level) for level in Level], help="default: every level")
    made.add_argument("--cell", type=float, metavar="METRES", help="side of a cell (default: the workspace's)")
    made.add_argument(
        "--recipe", type=Path, metavar="FILE.toml", help="how it is tested (default: 26 windows of 28 days)"
    )
    listed = command(
        "publications", "what is published; withdraw one; make the standing tests", publications.publications
    )
    listed.add_argument("--all", action="store_true", help="withdrawn and expired ones too")
    listed.add_argument("--test", action="store_true", help="test the default, and how the published ones do since")
    listed.add_argument("--withdraw", metavar="ID", help="take one off the commander's screen")
    listed.add_argument("--by", default="", help="with --withdraw: who")
    listed.add_argument("--why", default="", help="with --withdraw: why")


def _add_cycle(command: Callable[..., argparse.ArgumentParser]) -> None:
    held = command("events", "events on record; the picture of one, or of any place and window", cycle.events)
    held.add_argument("--event", default="", metavar="ID", help="the picture of this event")
    held.add_argument("--place", type=lat_lon, metavar="LAT,LON", help="the picture of this place")
    held.add_argument("--radius", type=float, default=500.0, metavar="METRES", help="how far around (default: 500)")
    held.add_argument("--from", type=moment, dest="start", metavar="MOMENT", help="such as 2021-12-17T18:00")
    held.add_argument("--to", type=moment, dest="end", metavar="MOMENT", help="such as 2021-12-18T04:00")
    set_ = command("strategy", "the control strategy: what is set; a table brought in", strategy.strategy)
    set_.add_argument("--bring", type=Path, metavar="FILE.csv", help="offence, weight, owner, reason, expires")
    set_.add_argument("--by", default="", help="with --bring: who")
    set_.add_argument("--as-of", type=day, metavar="DATE", help="what holds on this day (default: today)")
    made = command("assessment", "the threat assessment of a level and period; what is recorded", cycle.assessment)
    made.add_argument("--level", required=True, choices=[str(level) for level in Level])
    made.add_argument("--area-type", default="", help="default: the level's first")
    made.add_argument("--area", action="append", default=[], metavar="ID", help="only within this area; repeat")
    made.add_argument("--period", type=period, metavar="A..B", help="ISO dates, both included")
    made.add_argument("--source", action="append", default=[], help="only this source; repeat")
    made.add_argument("--for", dest="made_for", default="", metavar="AGENCY", help="without what it is not given")
    made.add_argument("--as-of", type=day, metavar="DATE", help="look from this day, blind to what came later")
    made.add_argument("--versions", action="store_true", help="list the versions recorded for this level and area")
    _add_allocate(command)


def _serve(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from ilpgeo.ui import asgi

    asgi.serve(options.workspace, options.host, options.port)
    return {}, ""
