"""Readers: a file of any format becomes a RawTable of untouched values, streamed where the format allows it."""

from ilpgeo.ingest.readers.opening import open_table
from ilpgeo.ingest.readers.table import RawBatch, RawTable

__all__ = ["RawBatch", "RawTable", "open_table"]
