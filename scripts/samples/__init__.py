"""The parts of `build_samples.py`: what is fetched, and one module per folder of data/."""
