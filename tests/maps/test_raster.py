"""Cells land where they lie, and the picture is a valid PNG."""

import io

import numpy as np
import pytest
from pyproj import Transformer

from ilpgeo.maps.raster import draw, encode_png, warp
from tests.maps import toy


def test_the_png_decodes_to_the_same_codes():
    image = pytest.importorskip("PIL.Image")
    codes = np.random.default_rng(0).integers(0, 4, (7, 11)).astype(np.uint8)
    decoded = image.open(io.BytesIO(encode_png(codes, ("#ff0000", "#00ff00", "#0000ff"))))
    assert np.array_equal(np.asarray(decoded), codes)
    rgba = np.asarray(decoded.convert("RGBA"))
    assert (rgba[codes == 0][:, 3] == 0).all()
    assert (rgba[codes == 2] == [0, 255, 0, 255]).all()


def test_every_pixel_shows_the_cell_it_lies_in():
    grid = toy.grid(500.0)
    codes = np.random.default_rng(1).integers(1, 250, grid.shape).astype(np.uint8)
    picture, (west, south, east, north) = warp(codes, grid)
    height, width = picture.shape
    to_web = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    (x0, x1), (y0, y1) = to_web.transform([west, east], [south, north])
    column, row = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    back = Transformer.from_crs("EPSG:3857", grid.crs, always_xy=True)
    x, y = back.transform(x0 + column / width * (x1 - x0), y1 - row / height * (y1 - y0))
    c, r = np.floor((x - grid.x0) / grid.cell_m), np.floor((y - grid.y0) / grid.cell_m)
    within = (c >= 0) & (c < grid.nx) & (r >= 0) & (r < grid.ny)
    exact = np.zeros_like(picture)
    exact[within] = codes[r[within].astype(int), c[within].astype(int)]
    assert (picture == exact).mean() > 0.999, "only pixels on the very border of a cell may differ"


def test_every_cell_is_seen():
    grid = toy.grid(500.0)
    codes = np.arange(grid.nx * grid.ny).reshape(grid.shape) % 250 + 1
    picture, _ = warp(codes.astype(np.uint8), grid)
    assert set(np.unique(picture)) == set(range(251))


def test_a_large_grid_stays_a_small_picture():
    grid = toy.grid(25.0)
    picture = draw(np.ones(grid.shape, np.uint8), grid, ("#ff0000",))
    assert len(picture.image) < 100_000
