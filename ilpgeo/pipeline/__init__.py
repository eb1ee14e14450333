"""The line from file to released product; every screen and command makes one call into it.

``file -> read -> validate -> place -> store`` and
``Query -> counts and incidents -> model -> rank -> Briefing -> release -> map | table | report``.

Each call lives in its own module, imported when first used: asking for the status loads no model and no map. The
imports below are the one list of what is public: mypy follows them, and when the program runs they are read as a table.
"""
# ruff: noqa: F401
# mypy: implicit-reexport

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ilpgeo.pipeline.allocated import plan_patrols
    from ilpgeo.pipeline.assessed import assess
    from ilpgeo.pipeline.bring import (
        Brought,
        Progress,
        bring_corrected,
        files_in,
        incoming,
        ingest,
        ingest_each,
        remap,
        withdraw,
    )
    from ilpgeo.pipeline.catalogue import (
        answers_of,
        build_model,
        describe_models,
        diagnostics_beside,
        is_forecast,
        model_classes,
    )
    from ilpgeo.pipeline.compared import propose_comparisons
    from ilpgeo.pipeline.drawn import circle_at, metres, outline_of, whole_area
    from ilpgeo.pipeline.emphasised import (
        bring_strategy,
        control_strategy,
        end_priority,
        set_priority,
        strategy_day,
        strategy_entries,
    )
    from ilpgeo.pipeline.evaluated import evaluate, evaluations, keep_evaluation
    from ilpgeo.pipeline.factors import Factor, add_factor, known_factors, remove_factor
    from ilpgeo.pipeline.foreseen import Forecaster, forecast
    from ilpgeo.pipeline.gap_list import gap_history, gap_marks, gaps, gaps_of_area, known_gaps, save_gap
    from ilpgeo.pipeline.holdings import Status, status
    from ilpgeo.pipeline.lab import Swept, sweep, swept
    from ilpgeo.pipeline.linked import alert_type, links
    from ilpgeo.pipeline.making import make_demo, make_workspace
    from ilpgeo.pipeline.managed import Desk, OffenceTable, bring_known, desk, offence_table, save_offences
    from ilpgeo.pipeline.meeting import MeetingPack, meeting_pack
    from ilpgeo.pipeline.meeting_published import in_short, publish_pack, published_pack
    from ilpgeo.pipeline.model_ranks import top_ten
    from ilpgeo.pipeline.occasion import busiest_of, event_picture, event_place, events, save_event
    from ilpgeo.pipeline.opened import Opened, default_period, now, open_workspace
    from ilpgeo.pipeline.other_grids import Spread, sensitivity
    from ilpgeo.pipeline.other_levels import from_other_levels, notices, put_out, take_back
    from ilpgeo.pipeline.pictured import picture
    from ilpgeo.pipeline.places import Explored, answer, explore, hotspots
    from ilpgeo.pipeline.previewed import Preview, preview
    from ilpgeo.pipeline.products import Product, product
    from ilpgeo.pipeline.published import (
        forecaster_of,
        judge_draft,
        model_card,
        publication_for,
        publications,
        publish,
        shown_verdict,
        withdraw_publication,
    )
    from ilpgeo.pipeline.ranked import brief
    from ilpgeo.pipeline.recorded import journal_of, records_stamp
    from ilpgeo.pipeline.retained import PastRetention, past_retention, removals, remove_past_retention
    from ilpgeo.pipeline.rooms import playlist_of, playlists, remove_playlist, save_playlist
    from ilpgeo.pipeline.side_by_side import difference
    from ilpgeo.pipeline.signed import assessments, record_assessment, reopen, sign_assessment, usual_due
    from ilpgeo.pipeline.source_register import (
        SourceLine,
        grade_weights,
        not_given,
        register_source,
        register_stamp,
        registered,
        save_grade_weights,
        source_lines,
    )
    from ilpgeo.pipeline.staged import lacking
    from ilpgeo.pipeline.stamped import marking
    from ilpgeo.pipeline.standing import (
        catch_up,
        default_forecaster,
        drift,
        judge_default,
        needs_tests,
        usual_recipe,
        verdict_on,
    )
    from ilpgeo.pipeline.taskings import (
        area_at,
        decisions,
        log_outcome,
        polygon_of,
        save_decision,
        save_tasking,
        tasking_board,
        tasking_history,
        taskings_due,
        taskings_for,
    )
    from ilpgeo.pipeline.tested import Tested, backtest, entry_of, settled, titled
    from ilpgeo.pipeline.waiting import FileAccount, QuarantineFile, accounts, quarantine_file
    from ilpgeo.pipeline.watched import SETTLE_S, Watcher, watched_files


@cache
def _homes() -> dict[str, str]:
    """Return the module of each public name, as the imports above have it."""
    homes: dict[str, str] = {}
    for node in ast.walk(ast.parse(Path(__file__).read_bytes())):
        match node:
            case ast.ImportFrom(module=str(home)) if home.startswith(f"{__name__}."):
                homes.update((each.name, home) for each in node.names)
    return homes


def __getattr__(name: str) -> Any:
    home = _homes().get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_homes()})
