"""The line from file to released product; every screen and command makes one call into it.

``file -> read -> validate -> place -> store`` and
``Query -> counts and incidents -> model -> rank -> Briefing -> release -> map | table | report``.

Each call lives in its own module, imported when first used: asking for the status loads no model and no map.
"""

from importlib import import_module
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
    from ilpgeo.pipeline.occasion import event_picture, event_place, events, middle_of, save_event
    from ilpgeo.pipeline.opened import Opened, default_period, now, open_workspace
    from ilpgeo.pipeline.other_grids import Spread, sensitivity
    from ilpgeo.pipeline.other_levels import from_other_levels, notices, put_out, take_back
    from ilpgeo.pipeline.pictured import picture
    from ilpgeo.pipeline.places import Explored, answer, explore, hotspots, lacking
    from ilpgeo.pipeline.previewed import Preview, preview
    from ilpgeo.pipeline.products import Product, product
    from ilpgeo.pipeline.published import (
        forecaster_of,
        judge_draft,
        model_card,
        publication_for,
        publications,
        publish,
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

_HOME = {
    "allocated": ("plan_patrols",),
    "assessed": ("assess",),
    "bring": (
        "Brought",
        "Progress",
        "bring_corrected",
        "files_in",
        "incoming",
        "ingest",
        "ingest_each",
        "remap",
        "withdraw",
    ),
    "catalogue": (
        "answers_of",
        "build_model",
        "describe_models",
        "diagnostics_beside",
        "is_forecast",
        "model_classes",
    ),
    "managed": ("Desk", "OffenceTable", "bring_known", "desk", "offence_table", "save_offences"),
    "emphasised": (
        "bring_strategy",
        "control_strategy",
        "end_priority",
        "set_priority",
        "strategy_day",
        "strategy_entries",
    ),
    "occasion": ("event_picture", "event_place", "events", "middle_of", "save_event"),
    "compared": ("propose_comparisons",),
    "drawn": ("circle_at", "metres", "outline_of", "whole_area"),
    "evaluated": ("evaluate", "evaluations", "keep_evaluation"),
    "factors": ("Factor", "add_factor", "known_factors", "remove_factor"),
    "foreseen": ("Forecaster", "forecast"),
    "gap_list": ("gap_history", "gap_marks", "gaps", "gaps_of_area", "known_gaps", "save_gap"),
    "holdings": ("Status", "status"),
    "lab": ("Swept", "sweep", "swept"),
    "linked": ("alert_type", "links"),
    "making": ("make_demo", "make_workspace"),
    "opened": ("Opened", "default_period", "now", "open_workspace"),
    "pictured": ("picture",),
    "places": ("Explored", "answer", "explore", "hotspots", "lacking"),
    "previewed": ("Preview", "preview"),
    "products": ("Product", "product"),
    "published": (
        "forecaster_of",
        "model_card",
        "publication_for",
        "publications",
        "publish",
        "judge_draft",
        "withdraw_publication",
    ),
    "ranked": ("brief",),
    "recorded": ("journal_of", "records_stamp"),
    "source_register": (
        "SourceLine",
        "grade_weights",
        "not_given",
        "register_source",
        "register_stamp",
        "registered",
        "save_grade_weights",
        "source_lines",
    ),
    "retained": ("PastRetention", "past_retention", "removals", "remove_past_retention"),
    "rooms": ("playlist_of", "playlists", "remove_playlist", "save_playlist"),
    "signed": ("assessments", "record_assessment", "reopen", "sign_assessment", "usual_due"),
    "standing": (
        "catch_up",
        "default_forecaster",
        "drift",
        "judge_default",
        "needs_tests",
        "usual_recipe",
        "verdict_on",
    ),
    "stamped": ("marking",),
    "other_levels": ("from_other_levels", "notices", "put_out", "take_back"),
    "other_grids": ("Spread", "sensitivity"),
    "side_by_side": ("difference",),
    "taskings": (
        "area_at",
        "decisions",
        "log_outcome",
        "polygon_of",
        "save_decision",
        "save_tasking",
        "tasking_board",
        "tasking_history",
        "taskings_due",
        "taskings_for",
    ),
    "tested": ("Tested", "backtest", "entry_of", "settled", "titled"),
    "meeting": ("MeetingPack", "meeting_pack"),
    "meeting_published": ("in_short", "publish_pack", "published_pack"),
    "model_ranks": ("top_ten",),
    "waiting": ("FileAccount", "QuarantineFile", "accounts", "quarantine_file"),
    "watched": ("SETTLE_S", "Watcher", "watched_files"),
}
__all__ = [
    "SETTLE_S",
    "Brought",
    "Desk",
    "Explored",
    "Factor",
    "FileAccount",
    "Forecaster",
    "MeetingPack",
    "OffenceTable",
    "Opened",
    "PastRetention",
    "Preview",
    "Product",
    "Progress",
    "QuarantineFile",
    "SourceLine",
    "Spread",
    "Status",
    "Swept",
    "Tested",
    "Watcher",
    "accounts",
    "add_factor",
    "alert_type",
    "answer",
    "answers_of",
    "area_at",
    "assess",
    "assessments",
    "backtest",
    "brief",
    "bring_corrected",
    "bring_known",
    "bring_strategy",
    "build_model",
    "catch_up",
    "circle_at",
    "control_strategy",
    "decisions",
    "default_forecaster",
    "default_period",
    "describe_models",
    "desk",
    "diagnostics_beside",
    "difference",
    "drift",
    "end_priority",
    "entry_of",
    "evaluate",
    "evaluations",
    "event_picture",
    "event_place",
    "events",
    "explore",
    "files_in",
    "forecast",
    "forecaster_of",
    "from_other_levels",
    "gap_history",
    "gap_marks",
    "gaps",
    "gaps_of_area",
    "grade_weights",
    "hotspots",
    "in_short",
    "incoming",
    "ingest",
    "ingest_each",
    "is_forecast",
    "journal_of",
    "judge_default",
    "judge_draft",
    "keep_evaluation",
    "known_factors",
    "known_gaps",
    "lacking",
    "links",
    "log_outcome",
    "make_demo",
    "make_workspace",
    "marking",
    "meeting_pack",
    "metres",
    "middle_of",
    "model_card",
    "model_classes",
    "needs_tests",
    "not_given",
    "notices",
    "now",
    "offence_table",
    "open_workspace",
    "outline_of",
    "past_retention",
    "picture",
    "plan_patrols",
    "playlist_of",
    "playlists",
    "polygon_of",
    "preview",
    "product",
    "propose_comparisons",
    "publication_for",
    "publications",
    "publish",
    "publish_pack",
    "published_pack",
    "put_out",
    "quarantine_file",
    "record_assessment",
    "records_stamp",
    "register_source",
    "register_stamp",
    "registered",
    "remap",
    "removals",
    "remove_factor",
    "remove_past_retention",
    "remove_playlist",
    "reopen",
    "save_decision",
    "save_event",
    "save_gap",
    "save_grade_weights",
    "save_offences",
    "save_playlist",
    "save_tasking",
    "sensitivity",
    "set_priority",
    "settled",
    "sign_assessment",
    "source_lines",
    "status",
    "strategy_day",
    "strategy_entries",
    "sweep",
    "swept",
    "take_back",
    "tasking_board",
    "tasking_history",
    "taskings_due",
    "taskings_for",
    "titled",
    "top_ten",
    "usual_due",
    "usual_recipe",
    "verdict_on",
    "watched_files",
    "whole_area",
    "withdraw",
    "withdraw_publication",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
