"""Ours beside the peers, in one run: `python -m benchmarks`, or `python -m benchmarks areas models` for some of it."""
