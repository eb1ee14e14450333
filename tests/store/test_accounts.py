import json
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.ingested import FileReport, Flag
from ilpgeo.store.accounts import plain, restored

BROUGHT = datetime(2024, 2, 29, 12, tzinfo=UTC)
counts = st.integers(0, 10**9)
days = st.none() | st.dates(date(1900, 1, 1))


@given(
    st.builds(
        FileReport,
        file_id=st.text(), name=st.text(), source=st.text(), rows_read=counts, accepted=counts, quarantined=counts,
        duplicates=counts, reasons=st.dictionaries(st.text(), counts, max_size=3),
        dropped_columns=st.lists(st.text(), max_size=3).map(tuple),
        flags=st.lists(st.builds(Flag, st.text(), st.text(), counts), max_size=2).map(tuple), first=days, last=days,
        precision=st.text(), unplaced=counts, geocoded_share=st.floats(0, 1), brought=st.just(BROUGHT),
        version=st.just("v"), mapping=st.dictionaries(st.text(), st.text(), max_size=3),
    )
)  # fmt: skip
def test_a_report_survives_the_log(report: FileReport) -> None:
    assert restored(json.loads(json.dumps(plain(report))), BROUGHT, "v") == report
