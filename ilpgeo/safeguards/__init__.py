"""The release gate and the coverage check: what may be shown."""
