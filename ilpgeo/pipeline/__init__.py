"""The line from file to released product; every screen and command makes one call into it.

``file -> read -> validate -> place -> store`` and
``Query -> counts and incidents -> model -> rank -> Briefing -> release -> map | table | report``.

Each call lives in its own module, imported when first used: asking for the status loads no model and no map.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ilpgeo.pipeline.allocated import plan_patrols
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
    from ilpgeo.pipeline.evaluated import evaluate, evaluations, keep_evaluation
    from ilpgeo.pipeline.factors import Factor, add_factor, known_factors, remove_factor
    from ilpgeo.pipeline.foreseen import Forecaster, forecast
    from ilpgeo.pipeline.holdings import Status, status
    from ilpgeo.pipeline.lab import Swept, sweep, swept
    from ilpgeo.pipeline.making import make_demo, make_workspace
    from ilpgeo.pipeline.managed import Desk, OffenceTable, bring_known, desk, offence_table, save_offences
    from ilpgeo.pipeline.model_ranks import top_ten
    from ilpgeo.pipeline.opened import Opened, default_period, now, open_workspace
    from ilpgeo.pipeline.other_grids import Spread, sensitivity
    from ilpgeo.pipeline.pictured import picture
    from ilpgeo.pipeline.places import Explored, answer, explore, hotspots, lacking
    from ilpgeo.pipeline.previewed import Preview, preview
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
    from ilpgeo.pipeline.side_by_side import difference
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
    )
    from ilpgeo.pipeline.tested import Tested, backtest, entry_of, settled, titled
    from ilpgeo.pipeline.waiting import FileAccount, QuarantineFile, accounts, quarantine_file

_HOME = {
    "allocated": ("plan_patrols",),
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
    "compared": ("propose_comparisons",),
    "drawn": ("circle_at", "metres", "outline_of", "whole_area"),
    "evaluated": ("evaluate", "evaluations", "keep_evaluation"),
    "factors": ("Factor", "add_factor", "known_factors", "remove_factor"),
    "foreseen": ("Forecaster", "forecast"),
    "holdings": ("Status", "status"),
    "lab": ("Swept", "sweep", "swept"),
    "making": ("make_demo", "make_workspace"),
    "opened": ("Opened", "default_period", "now", "open_workspace"),
    "pictured": ("picture",),
    "places": ("Explored", "answer", "explore", "hotspots", "lacking"),
    "previewed": ("Preview", "preview"),
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
    "standing": (
        "catch_up",
        "default_forecaster",
        "drift",
        "judge_default",
        "needs_tests",
        "usual_recipe",
        "verdict_on",
    ),
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
    ),
    "tested": ("Tested", "backtest", "entry_of", "settled", "titled"),
    "model_ranks": ("top_ten",),
    "waiting": ("FileAccount", "QuarantineFile", "accounts", "quarantine_file"),
}
__all__ = [
    "Brought",
    "Desk",
    "Explored",
    "Factor",
    "FileAccount",
    "Forecaster",
    "OffenceTable",
    "Opened",
    "Preview",
    "Progress",
    "QuarantineFile",
    "Spread",
    "Status",
    "Swept",
    "Tested",
    "accounts",
    "add_factor",
    "answer",
    "answers_of",
    "area_at",
    "backtest",
    "brief",
    "bring_corrected",
    "bring_known",
    "build_model",
    "catch_up",
    "circle_at",
    "decisions",
    "default_forecaster",
    "default_period",
    "describe_models",
    "desk",
    "diagnostics_beside",
    "difference",
    "drift",
    "entry_of",
    "evaluate",
    "evaluations",
    "explore",
    "files_in",
    "forecast",
    "forecaster_of",
    "hotspots",
    "incoming",
    "ingest",
    "ingest_each",
    "is_forecast",
    "journal_of",
    "judge_default",
    "judge_draft",
    "keep_evaluation",
    "known_factors",
    "lacking",
    "log_outcome",
    "make_demo",
    "make_workspace",
    "metres",
    "model_card",
    "model_classes",
    "needs_tests",
    "now",
    "offence_table",
    "open_workspace",
    "outline_of",
    "picture",
    "plan_patrols",
    "polygon_of",
    "preview",
    "propose_comparisons",
    "publication_for",
    "publications",
    "publish",
    "quarantine_file",
    "records_stamp",
    "remap",
    "remove_factor",
    "save_decision",
    "save_offences",
    "save_tasking",
    "sensitivity",
    "settled",
    "status",
    "sweep",
    "swept",
    "tasking_board",
    "tasking_history",
    "taskings_due",
    "titled",
    "top_ten",
    "usual_recipe",
    "verdict_on",
    "whole_area",
    "withdraw",
    "withdraw_publication",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
