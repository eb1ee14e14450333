"""Documents drawn by the tools people open them with, where those are on this machine."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ilpgeo.reports.formats import write_product
from ilpgeo.reports.slides import briefing_slides
from tests.reports import products


def pictures(pdf: Path, folder: Path) -> list[np.ndarray]:
    subprocess.run(["pdftoppm", "-r", "40", "-png", str(pdf), str(folder / "page")], check=True, capture_output=True)
    return [np.asarray(Image.open(path).convert("RGB"), np.int16) for path in sorted(folder.glob("page*.png"))]


def drawn_slides(content: bytes, folder: Path) -> list[np.ndarray]:
    """Return a file of PowerPoint as LibreOffice draws it."""
    (folder / "a.pptx").write_bytes(content)
    told = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/home", "--convert-to", "pdf", "a.pptx"]
    subprocess.run(told, cwd=folder, check=True, capture_output=True, timeout=240)
    return pictures(folder / "a.pdf", folder)


def ink_at_the_edge(page: np.ndarray) -> float:
    """Return the share of dark dots in the outermost millimetres, where nothing should stand."""
    dark = page.min(axis=2) < 200
    edges = np.concatenate([dark[:, :6].ravel(), dark[:, -6:].ravel(), dark[:5].ravel(), dark[-5:].ravel()])
    return float(edges.mean())


def is_coloured(page: np.ndarray) -> bool:
    return bool((np.ptp(page, axis=2) > 30).mean() > 0.02)


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler (pdftoppm) is not on this machine")
@pytest.mark.parametrize("subject", ["", "first"])
def test_every_page_is_drawn_within_its_margins(subject: str, tmp_path: Path) -> None:
    write_product(products.product(subject=subject, name=products.LONG, word=products.HOSTILE), tmp_path / "a.pdf")
    pages = pictures(tmp_path / "a.pdf", tmp_path)
    assert len(pages) == (3 if subject else 4)
    for page in pages:
        assert 0.005 < (page.min(axis=2) < 200).mean() < 0.6
        assert ink_at_the_edge(page) == 0
    assert is_coloured(pages[0])


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftoppm")), reason="LibreOffice and poppler are not on this machine"
)
@pytest.mark.parametrize("subject", ["", "first"])
def test_every_slide_is_drawn_by_libreoffice(subject: str, tmp_path: Path) -> None:
    product = products.product(subject=subject, name=products.LONG, word=products.HOSTILE)
    slides = drawn_slides(briefing_slides(product), tmp_path)
    assert len(slides) == (3 if subject else 5)
    assert is_coloured(slides[0])
    for slide in slides:
        assert ink_at_the_edge(slide) == 0
