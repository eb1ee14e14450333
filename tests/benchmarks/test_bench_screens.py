"""Every change the benchmark measures can be made: the calls are those of today's screens."""

from pathlib import Path

from benchmarks.bench_screens import changes


def test_every_change_of_the_screen_can_be_made(toronto: Path):
    ways = changes("toronto", toronto.parent)
    assert {"level: local", "level: regional", "level: national"} < set(ways)
    for way in ways.values():
        way()
