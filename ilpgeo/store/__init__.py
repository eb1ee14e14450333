"""Incidents on disk behind one contract."""
