"""Damaged, absurd and harmful files, made on the spot."""

import gzip
import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

HEADER = "lon,lat,when,what\n"
ROW = "-79.40,43.65,2021-03-01,Assault\n"
POINT = {"type": "Point", "coordinates": [-79.4, 43.65]}
RING = [[-79.5, 43.6], [-79.3, 43.6], [-79.3, 43.7], [-79.5, 43.6]]
Data = bytes | str | Callable[[], bytes | str]


def rubbish(seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(20_000)


def csv_bytes(rows: int = 400) -> bytes:
    chance = random.Random(1)
    lines = (f"{-79.4 + chance.random() / 100},43.65,2021-03-01,Assault\n" for _ in range(rows))
    return (HEADER + "".join(lines)).encode()


def parquet_bytes(rows: int = 500) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table({"lon": [-79.4] * rows, "lat": [float(row) for row in range(rows)]}), stream)
    return stream.getvalue()


def xlsx_bytes(*rows: list[object]) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def usual_xlsx() -> bytes:
    rows = [[-79.4, 43.65, "2021-03-01", f"Assault {row}"] for row in range(300)]
    return xlsx_bytes(["lon", "lat", "when", "what"], *rows)


def geojson_bytes(*shapes: object) -> bytes:
    told = {"when": "2021-03-01", "what": "Assault"}
    features = [{"type": "Feature", "properties": told, "geometry": shape} for shape in shapes]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def zip_bytes(**members: Data) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data() if callable(data) else data)
    return stream.getvalue()


def locked_zip() -> bytes:
    data = bytearray(zip_bytes(data__csv=HEADER + ROW))
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def lying_zip() -> bytes:
    """A member that unpacks to far more than the zip says."""
    data = bytearray(zip_bytes(data__csv=HEADER + ROW * 500_000))
    struct.pack_into("<L", data, data.find(b"PK\x01\x02") + 24, 5_000)
    struct.pack_into("<L", data, 22, 5_000)
    return bytes(data)


def gzip_bomb(begin: bytes, repeat: bytes, size: int) -> bytes:
    stream = io.BytesIO()
    with gzip.open(stream, "wb", compresslevel=9) as packed:
        packed.write(begin)
        piece = repeat * ((1 << 20) // len(repeat))
        for _ in range(size // len(piece)):
            packed.write(piece)
    return stream.getvalue()


def zip_bomb(name: str, begin: bytes, repeat: bytes, size: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        member.write(begin)
        piece = repeat * ((1 << 20) // len(repeat))
        for _ in range(size // len(piece)):
            member.write(piece)
    return stream.getvalue()


def xlsx_with(sheet: str | None = None, **parts: str) -> bytes:
    """An Excel file whose first sheet, or other parts, are replaced by the text given."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(usual_xlsx())) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if sheet is not None and name == "xl/worksheets/sheet1.xml":
                data = sheet.encode()
            new.writestr(name, parts.get(name.rsplit("/", 1)[-1].removesuffix(".xml"), data))
    return stream.getvalue()


def sheet_xml(rows: str, dimension: str = "A1:D9") -> str:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'


def row_xml(number: int, *values: str) -> str:
    cells = "".join(
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{value}</t></is></c>' for at, value in enumerate(values)
    )
    return f'<row r="{number}">{cells}</row>'


def written(folder: Path, name: str, data: Data) -> Path:
    made = data() if callable(data) else data
    path = folder / name
    path.write_bytes(made if isinstance(made, bytes) else made.encode())
    return path


def cut(data: bytes, share: float = 0.6) -> bytes:
    return data[: int(len(data) * share)]


def mixed_encodings() -> bytes:
    line = "-79.4,43.65,2021-03-01,Café\n"
    return HEADER.encode() + line.encode() + line.encode("cp1252")


TITLES = row_xml(1, "lon", "lat", "when", "what")
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 100}">' for n in range(12))

# What is wrong: (name of the file, what is in it, words the message must hold)
REFUSED: dict[str, tuple[str, Data, str]] = {
    "empty csv": ("a.csv", "", "empty"),
    "empty xlsx": ("a.xlsx", "", "empty"),
    "only whitespace": ("a.csv", " \n\t \n  \n", "empty"),
    "only marks": ("a.csv", "\n\n\n,,,\n", "no rows"),
    "header only": ("a.csv", HEADER, "no rows"),
    "header only in xlsx": ("a.xlsx", lambda: xlsx_bytes(["lon", "lat", "when"]), "no rows"),
    "no cell in xlsx": ("a.xlsx", xlsx_bytes, "no sheet holds a value"),
    "no feature": ("a.geojson", geojson_bytes, "no rows"),
    "no row in parquet": ("a.parquet", lambda: parquet_bytes(0), "no rows"),
    "rubbish csv": ("a.csv", rubbish, "not a text file"),
    "rubbish xlsx": ("a.xlsx", rubbish, "not a .xlsx file"),
    "rubbish parquet": ("a.parquet", rubbish, "Parquet"),
    "rubbish geojson": ("a.geojson", rubbish, "not a .geojson file"),
    "rubbish gpkg": ("a.gpkg", rubbish, "not a .gpkg file"),
    "rubbish shp": ("a.shp", rubbish, "not a .shp file"),
    "rubbish kml": ("a.kml", rubbish, "not a .kml file"),
    "rubbish zip": ("a.zip", rubbish, "not a .zip file"),
    "rubbish without a suffix": ("a", rubbish, "no reader"),
    "rubbish marked zip": ("a.zip", lambda: b"PK\x03\x04" + rubbish(), "damaged"),
    "rubbish marked gzip": ("a.csv.gz", lambda: b"\x1f\x8b" + rubbish(), "damaged"),
    "rubbish packed": ("a.csv.gz", lambda: gzip.compress(rubbish()), "not a text file"),
    "rubbish marked database": ("a.gpkg", lambda: b"SQLite format 3\0" + rubbish(), "a.gpkg"),
    "rubbish marked parquet": ("a.parquet", lambda: b"PAR1" + rubbish(), "Parquet"),
    "truncated parquet": ("a.parquet", lambda: cut(parquet_bytes()), "damaged or cut short"),
    "truncated gzip": ("a.csv.gz", lambda: cut(gzip.compress(csv_bytes())), "damaged or cut short"),
    "truncated zip": ("a.zip", lambda: cut(zip_bytes(data__csv=csv_bytes())), "damaged"),
    "truncated xlsx": ("a.xlsx", lambda: cut(usual_xlsx()), "damaged"),
    "truncated geojson": ("a.geojson", lambda: cut(geojson_bytes(*[POINT] * 5_000)), "damaged, cut short"),
    "damaged sheet": ("a.xlsx", lambda: xlsx_with(sheet_xml(TITLES)[:-40]), "damaged"),
    "locked zip": ("a.zip", locked_zip, "password"),
    "zip that lies": ("a.zip", lying_zip, "a.zip"),
    "zip in a zip": ("a.zip", lambda: zip_bytes(b__zip=zip_bytes(c__csv=csv_bytes())), "no table in the zip"),
    "zip named csv in a zip": ("a.zip", lambda: zip_bytes(b__csv=zip_bytes(c__csv=csv_bytes())), "in an archive"),
    "empty zip": ("a.zip", b"PK\x05\x06" + bytes(18), "no table in the zip"),
    "several tables in a zip": ("a.zip", lambda: zip_bytes(b__csv=csv_bytes(), c__csv=csv_bytes()), "b.csv, c.csv"),
    "shapefile without shp": ("a.zip", lambda: zip_bytes(b__dbf=b"x", b__shx=b"x"), ".shp"),
    "shapefile alone": ("a.shp", struct.pack(">L", 9994) + bytes(96), ".shx file is missing"),
    "part of a shapefile": ("a.dbf", b"\x03" + bytes(64), "part of a shapefile"),
    "old excel": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "save it as .xlsx or CSV"),
    "other workbook": ("a.ods", lambda: zip_bytes(content__xml=b"<a/>"), "save it as .xlsx or CSV"),
    "web page": ("a.csv", "<!DOCTYPE html><html><body>Please log in</body></html>", "web page"),
    "json that is no geojson": ("a.json", '[{"lon": 1, "lat": 2}]', "a.json"),
    "json that runs commands": (
        "a.geojson",
        '{"type": "gdal_streamed_alg", "command_line": "gdal vector info b.geojson"}',
        "not what its name says",
    ),
    "kml that reads files": ("a.kml", "<kml><!-- <OGRVRTDataSource></OGRVRTDataSource> --></kml>", "declarations"),
    "kml of nothing": ("a.kml", "<kml>", "a.kml"),
    "polygons": ("a.geojson", lambda: geojson_bytes({"type": "Polygon", "coordinates": [RING]}), "row 1: a Polygon"),
    "lines": ("a.geojson", lambda: geojson_bytes({"type": "LineString", "coordinates": RING}), "row 1: a LineString"),
    "polygon after nothing": (
        "a.geojson",
        lambda: geojson_bytes(None, None, {"type": "Polygon", "coordinates": [RING]}),
        "row 3: a Polygon",
    ),
    "mixed encodings": ("a.csv", mixed_encodings, "line 3: not UTF-8"),
    "nul bytes": ("a.csv", HEADER + ROW + "-79.4,43.65,2021-\0" + "03-01,Assault\n", "line 3"),
    "one column": ("a.csv", "what\nAssault\nTheft\n", "no column 'lon'"),
    "numbers for a header": ("a.csv", "1,2,3\n4,5,6\n", "add a header line"),
    "numbers for a header in xlsx": ("a.xlsx", lambda: xlsx_bytes([1, 2, 3], [4, 5, 6]), "add a header row"),
    "too many columns": ("a.csv", ",".join(["c"] * 2_500) + "\n" + ",".join("1" * 2_500) + "\n", "2500 columns"),
    "too many columns in xlsx": ("a.xlsx", lambda: xlsx_bytes(["c"] * 2_500, [1] * 2_500), "2500 columns"),
    "unclosed quote": ("a.csv", lambda: HEADER + '"' + ROW * 400_000, "a.csv"),
    "long header": ("a.csv", lambda: "a" * 20_000_000 + "\n1\n", "a.csv"),
    "long header in quotes": ("a.csv", lambda: '"' + "a" * 3_000_000 + '",b\n1,2\n', "a.csv"),
    "long row": ("a.csv", lambda: HEADER + ROW + "x" * 40_000_000 + "\n" + ROW, "a.csv"),
    "entity bomb in xlsx": (
        "a.xlsx",
        lambda: xlsx_with(f"<!DOCTYPE x [{ENTITIES}]>" + sheet_xml(TITLES + row_xml(2, "&e11;"))),
        "damaged",
    ),
    "gzip bomb": ("a.csv.gz", lambda: gzip_bomb(HEADER.encode(), ROW.encode(), 240 << 20), "times its size"),
    "gzip bomb of json": ("a.geojson.gz", lambda: gzip_bomb(b'{"type":', b" ", 200 << 20), "times its size"),
    "zip bomb": ("a.zip", lambda: zip_bomb("a.csv", HEADER.encode(), ROW.encode(), 200 << 20), "times its size"),
    "large zip bomb": ("a.zip", lambda: zip_bomb("a.csv", HEADER.encode(), ROW.encode(), 310 << 20), "300 MB allowed"),
    "sheet bomb": (
        "a.xlsx",
        lambda: xlsx_with(sheet_xml(TITLES + " " * (80 << 20) + row_xml(2, "1"))),
        "times its size",
    ),
}  # fmt: skip
