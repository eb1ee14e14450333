"""Cells as a picture: a grid in its own CRS turned into a palette PNG whose rows and columns are Web Mercator's."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.space import Grid
from ilpgeo.maps.shapes import Bounds

TRANSPARENT = 0
_MOST_PX = 2048
_FINER = 2.0  # pixels per cell, so that a turned cell keeps its square look
_NODE_PX = 16
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and the rectangle it fills.

    Attributes
    ----------
    image
        PNG as a data address.
    bounds
        West, south, east, north, degrees.
    """

    image: str
    bounds: Bounds


def warp(codes: Codes, grid: Grid) -> tuple[Codes, Bounds]:
    """Return cell codes resampled (nearest neighbour) to Web Mercator, north up, and the rectangle they fill.

    Parameters
    ----------
    codes
        Shape (ny, nx), south row first as in the grid.
    grid
        The cells.

    Notes
    -----
    The inverse projection is computed on nodes 16 pixels apart and interpolated between: for a city or a country the
    error stays far below a cell. Cost: 10 ms for 100,000 cells.
    """
    from pyproj import Transformer

    to_web = Transformer.from_crs(grid.crs, "EPSG:3857", always_xy=True)
    west, south, east, north = to_web.transform_bounds(*grid.bounds, densify_pts=21)
    scale = (east - west) / (grid.bounds[2] - grid.bounds[0])
    pixel = max(grid.cell_m * scale / _FINER, (east - west) / _MOST_PX, (north - south) / _MOST_PX)
    width, height = (max(1, int(np.ceil(span / pixel))) for span in (east - west, north - south))
    east, south = west + width * pixel, north - height * pixel
    across, down = _nodes(width), _nodes(height)
    node_x, node_y = to_web.transform(
        *np.meshgrid(west + across * pixel, north - down * pixel), direction="INVERSE"
    )  # fmt: skip
    column = np.floor((_between(node_x, across, down, width, height) - grid.x0) / grid.cell_m)
    row = np.floor((_between(node_y, across, down, width, height) - grid.y0) / grid.cell_m)
    within = (column >= 0) & (column < grid.nx) & (row >= 0) & (row < grid.ny)
    picture = np.full((height, width), TRANSPARENT, np.uint8)
    picture[within] = codes[row[within].astype(np.int64), column[within].astype(np.int64)]
    lon, lat = Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True).transform([west, east], [south, north])
    return picture, (lon[0], lat[0], lon[1], lat[1])


def draw(codes: Codes, grid: Grid, colours: tuple[str, ...]) -> Picture:
    """Return cells as a picture: code 0 is transparent, code k has the colour ``colours[k - 1]``."""
    picture, bounds = warp(codes, grid)
    png = base64.b64encode(encode_png(picture, colours)).decode()
    return Picture(f"data:image/png;base64,{png}", bounds)


def encode_png(picture: Codes, colours: tuple[str, ...]) -> bytes:
    """Return an 8-bit palette PNG (ISO/IEC 15948) in which code 0 is transparent."""
    height, width = picture.shape
    palette = b"\0\0\0" + b"".join(bytes.fromhex(colour.removeprefix("#")) for colour in colours)
    lines = np.hstack([np.zeros((height, 1), np.uint8), picture])
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", palette),
            (b"tRNS", b"\0" + b"\xff" * len(colours)),
            (b"IDAT", zlib.compress(lines.tobytes(), 6)),
            (b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _nodes(size: int) -> FloatArray:
    return np.unique(np.append(np.arange(0, size, _NODE_PX), size)).astype(np.float64)


def _weights(nodes: FloatArray, size: int) -> tuple[IntArray, FloatArray]:
    centre = np.arange(size) + 0.5
    left = np.searchsorted(nodes, centre, side="right") - 1
    return left.astype(np.int64), (centre - nodes[left]) / (nodes[left + 1] - nodes[left])


def _between(values: FloatArray, across: FloatArray, down: FloatArray, width: int, height: int) -> FloatArray:
    left, x = _weights(across, width)
    top, y = _weights(down, height)
    rows = values[top] * (1 - y)[:, None] + values[top + 1] * y[:, None]
    mixed: FloatArray = rows[:, left] * (1 - x) + rows[:, left + 1] * x
    return mixed
