"""What is vendored is what was pinned, with its licence, and nothing else."""

import hashlib
import re

from ilpgeo.maps.offline import BROWSER, VENDOR


def listed() -> dict[str, str]:
    lines = (VENDOR / "CHECKSUMS").read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def test_checksums():
    for name, digest in listed().items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_every_file_is_listed():
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert found - {"CHECKSUMS"} == set(listed())


def test_the_licence_is_beside_the_code():
    text = (VENDOR / "leaflet.LICENSE.txt").read_text("utf-8")
    assert "BSD 2-Clause" in text
    assert "Agafonkin" in text


def test_every_picture_a_stylesheet_names_is_there():
    for folder in (VENDOR, BROWSER):
        for sheet in folder.glob("*.css"):
            for name in re.findall(r"url\(([^)#]+)\)", sheet.read_text("utf-8")):
                assert (folder / name).is_file(), name


def test_our_own_files_name_no_server():
    for path in BROWSER.iterdir():
        servers = set(re.findall(r"https?://[^\"' )]+", path.read_text("utf-8")))
        assert servers <= {"http://www.w3.org/2000/svg"}
