"""The fonts are the pinned ones, with their licences."""

import hashlib

from ilpgeo.reports.lettering import FONTS


def test_every_font_is_as_listed_and_nothing_else_is_there() -> None:
    listed = dict(reversed(line.split("  ")) for line in (FONTS / "CHECKSUMS").read_text("utf-8").splitlines())
    found = {path.name for path in FONTS.iterdir()} - {"CHECKSUMS"}
    assert found == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == digest, name


def test_the_licences_are_beside_them() -> None:
    assert "SIL Open Font License" in (FONTS / "SourceSans3.LICENSE.txt").read_text("utf-8")
    assert "Bitstream" in (FONTS / "DejaVuSans.LICENSE.txt").read_text("utf-8")
    for name in ("NotoSansSC", "NotoSansKR", "NotoSansDevanagari", "NotoSansThai"):
        assert "SIL Open Font License" in (FONTS / f"{name}.LICENSE.txt").read_text("utf-8")
