"""Fetch third-party map files and fonts from npm; write them to the rooms that use them, with licences and CHECKSUMS.

Run it with npm on the path and a registry in reach: ``python scripts/vendor_assets.py``. Tarballs are pinned by their
SHA-256, and so is fontTools, which cuts the East Asian fonts to the letters in use: a second run writes the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1] / "ilpgeo"
EAST_ASIAN = (0x1100, 0x1200), (0x2E80, 0xA4D0), (0xA960, 0xA980), (0xAC00, 0xD7A4), (0xF900, 0xFB00), (0xFE30, 0xFFF0)
HANGUL = range(0xAC00, 0xD7A4)  # every syllable of modern Korean
MAPS, FONTS = HOUSE / "maps" / "vendor", HOUSE / "reports" / "fonts"


@dataclass(frozen=True, slots=True)
class Package:
    """An npm package: its pinned tarball, the folder it goes to, and which of its files are wanted under which name.

    Attributes
    ----------
    charsets
        The standards whose East Asian letters its fonts are cut to; empty leaves them whole.
    """

    name: str
    version: str
    sha256: str
    home: Path
    files: tuple[tuple[str, str], ...]
    charsets: tuple[str, ...] = ()


PACKAGES = (
    Package(
        "leaflet",
        "1.9.4",
        "84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77",
        MAPS,
        (
            ("package/dist/leaflet.js", "leaflet.js"),
            ("package/dist/leaflet.css", "leaflet.css"),
            ("package/dist/images/layers.png", "images/layers.png"),
            ("package/dist/images/layers-2x.png", "images/layers-2x.png"),
            ("package/dist/images/marker-icon.png", "images/marker-icon.png"),
            ("package/dist/images/marker-icon-2x.png", "images/marker-icon-2x.png"),
            ("package/dist/images/marker-shadow.png", "images/marker-shadow.png"),
            ("package/LICENSE", "leaflet.LICENSE.txt"),
        ),
    ),
    Package(
        "@expo-google-fonts/source-sans-3",
        "0.4.1",
        "eb41834f563921e19b18b40bc924b97110983aef800d9cb67b9186f546311828",
        FONTS,
        (
            ("package/400Regular/SourceSans3_400Regular.ttf", "SourceSans3-Regular.ttf"),
            ("package/600SemiBold/SourceSans3_600SemiBold.ttf", "SourceSans3-SemiBold.ttf"),
            ("package/LICENSE_FONT", "SourceSans3.LICENSE.txt"),
        ),
    ),
    Package(
        "dejavu-fonts-ttf",
        "2.37.3",
        "b7013ac58f9225250619db82cfb72e99c37ca8195f2b5a06a9e6a95bc5e1c84a",
        FONTS,
        (("package/ttf/DejaVuSans.ttf", "DejaVuSans.ttf"), ("package/LICENSE", "DejaVuSans.LICENSE.txt")),
    ),
    Package(
        "@expo-google-fonts/noto-sans-sc",
        "0.4.3",
        "0d69d0f4971d2ff574e3d93cbc218dc950bf3f3f8f8e2c008d97687ed53aee59",
        FONTS,
        (
            ("package/400Regular/NotoSansSC_400Regular.ttf", "NotoSansSC-Cut.ttf"),
            ("package/LICENSE_FONT", "NotoSansSC.LICENSE.txt"),
        ),
        ("gb2312", "shift_jis", "euc_kr", "big5"),
    ),
    Package(
        "@expo-google-fonts/noto-sans-kr",
        "0.4.3",
        "7614af529705ea48e8b76cb3b056b92db66b7625ef3fc97ce76366063df94d3f",
        FONTS,
        (
            ("package/400Regular/NotoSansKR_400Regular.ttf", "NotoSansKR-Cut.ttf"),
            ("package/LICENSE_FONT", "NotoSansKR.LICENSE.txt"),
        ),
        ("hangul",),
    ),
    Package(
        "@expo-google-fonts/noto-sans-devanagari",
        "0.4.1",
        "fb9a4c288af3829f383d945fcec350c8cdf99abf18ffe55c987c495bca42e80e",
        FONTS,
        (
            ("package/400Regular/NotoSansDevanagari_400Regular.ttf", "NotoSansDevanagari-Regular.ttf"),
            ("package/LICENSE_FONT", "NotoSansDevanagari.LICENSE.txt"),
        ),
    ),
    Package(
        "@expo-google-fonts/noto-sans-thai",
        "0.4.2",
        "44282ae7c24587e7e50f083e5db3aafa8011ac2eac1159ef62be4fc516a66165",
        FONTS,
        (
            ("package/400Regular/NotoSansThai_400Regular.ttf", "NotoSansThai-Regular.ttf"),
            ("package/LICENSE_FONT", "NotoSansThai.LICENSE.txt"),
        ),
    ),
)


def digest(content: bytes) -> str:
    """Return the SHA-256 of `content` as hex."""
    return hashlib.sha256(content).hexdigest()


def fetch(package: Package, folder: Path) -> dict[str, bytes]:
    """Return the wanted files of a package by name, or stop when its tarball is not the pinned one."""
    wanted = f"{package.name}@{package.version}"
    npm = shutil.which("npm") or sys.exit("npm is not on the path")
    packed = subprocess.run([npm, "pack", wanted, "--silent"], cwd=folder, check=True, capture_output=True, text=True)
    tarball = folder / packed.stdout.split()[-1]
    if digest(tarball.read_bytes()) != package.sha256:
        sys.exit(f"{wanted}: the tarball is not the pinned one ({package.sha256})")
    with tarfile.open(tarball) as archive:
        found = {name: archive.extractfile(member) for member, name in package.files}
        return {name: stream.read() for name, stream in found.items() if stream is not None}


def letters_of(charset: str) -> set[int]:
    """Return the East Asian letters of a standard; of Big5 those of its first level, which are in common use."""
    if charset == "hangul":
        return set(HANGUL)
    found = set()
    for letter in (each for first, after in EAST_ASIAN for each in range(first, after) if each not in HANGUL):
        try:
            code = chr(letter).encode(charset)
        except UnicodeEncodeError:
            continue
        if charset != "big5" or code < b"\xc9\x40":
            found.add(letter)
    return found


def cut(font: bytes, charsets: tuple[str, ...]) -> bytes:
    """Return a font with the letters of the standards only, without hints and layout rules: for paper at any size."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    whole = TTFont(io.BytesIO(font), recalcTimestamp=False)
    options = Options(
        hinting=False, layout_features=[], glyph_names=False, notdef_outline=True, name_IDs=[0, 1, 2, 4, 6, 13, 14]
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "DSIG", "STAT"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=set().union(*map(letters_of, charsets)))
    subsetter.subset(whole)
    made = io.BytesIO()
    whole.save(made)
    return made.getvalue()


def main() -> None:
    """Write every wanted file and each folder's list of checksums; remove what is not wanted any more."""
    content: dict[Path, dict[str, bytes]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            found = fetch(package, Path(folder))
            if package.charsets:
                found = {
                    name: cut(data, package.charsets) if name.endswith(".ttf") else data for name, data in found.items()
                }
            content.setdefault(package.home, {}).update(found)
    for home, files in content.items():
        shutil.rmtree(home, ignore_errors=True)
        for name, data in files.items():
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        lines = [f"{digest(data)}  {name}\n" for name, data in sorted(files.items())]
        (home / "CHECKSUMS").write_text("".join(lines), "utf-8")
        print(f"{len(files)} files in {home.relative_to(HOUSE)}/")


if __name__ == "__main__":
    main()
