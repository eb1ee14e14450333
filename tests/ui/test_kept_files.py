"""Files answered from memory: the same bytes as on the disk, and nothing that is not one of them."""

from __future__ import annotations

import asyncio
import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ilpgeo.ui import kept_files
from ilpgeo.ui.kept_files import KeptFiles

SCRIPT = b"let a = 1;\n" * 400
SHAPES = b'{"a": [1, 2]}' * 400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "program" / "js").mkdir(parents=True)
    (tmp_path / "shapes").mkdir()
    (tmp_path / "program" / "js" / "index.a1.js").write_bytes(SCRIPT)
    (tmp_path / "program" / "font.a1.woff2").write_bytes(SCRIPT)
    (tmp_path / "shapes" / "abc.json").write_bytes(SHAPES)
    (tmp_path / "shapes" / "index.html").write_text("<p>frame</p>", "utf-8")
    (tmp_path / "shapes" / ".hidden").write_text("no", "utf-8")
    (tmp_path / "secret.json").write_text("{}", "utf-8")
    return tmp_path


def ask(folder: Path, path: str, method: str = "GET", kind: str = "http", **headers: str) -> tuple[int, Any, bytes]:
    """Return status, headers and body of one request; 299 is the app behind."""
    sent: list[dict[str, Any]] = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    scope = {
        "type": kind, "path": path, "method": method,
        "headers": [(b"host", b"localhost")]
        + [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    served = KeptFiles(behind, folder / "program", {"shapes": folder / "shapes"}.get)(scope, receive, send)
    with ThreadPoolExecutor(1) as beside:  # the browser tests' event loop lives in this thread
        beside.submit(asyncio.run, served).result()
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, sent[1]["body"]


def test_a_file_is_answered_plain_and_packed(folder: Path):
    status, headers, body = ask(folder, "/component/shapes/abc.json")
    assert (status, body) == (200, SHAPES)
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(SHAPES))
    assert headers["vary"] == "accept-encoding"
    assert "content-encoding" not in headers
    _, headers, body = ask(folder, "/component/shapes/abc.json", accept_encoding="br, gzip")
    assert headers["content-encoding"] == "gzip"
    assert headers["content-length"] == str(len(body))
    assert gzip.decompress(body) == SHAPES


def test_only_text_is_packed(folder: Path):
    _, headers, body = ask(folder, "/static/font.a1.woff2", accept_encoding="gzip")
    assert headers["content-type"] == "font/woff2"
    assert "content-encoding" not in headers
    assert body == SCRIPT


def test_a_file_is_read_and_packed_once_until_it_is_another(folder: Path, monkeypatch: pytest.MonkeyPatch):
    packed = []
    compress = gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda body, *a, **b: packed.append(body) or compress(body, *a, **b))
    for _ in range(3):
        ask(folder, "/component/shapes/abc.json", accept_encoding="gzip")
    assert len(packed) == 1
    path = folder / "shapes" / "abc.json"
    path.write_bytes(SHAPES * 2)
    os.utime(path, ns=(1, 1))
    assert gzip.decompress(ask(folder, "/component/shapes/abc.json", accept_encoding="gzip")[2]) == SHAPES * 2


def test_what_the_browser_has_is_not_sent_again(folder: Path):
    stamp = ask(folder, "/component/shapes/abc.json")[1]["etag"]
    status, headers, body = ask(folder, "/component/shapes/abc.json", if_none_match=stamp)
    assert (status, body, headers["etag"]) == (304, b"", stamp)
    assert ask(folder, "/component/shapes/abc.json", if_none_match='"another"')[0] == 200


def test_the_head_alone(folder: Path):
    status, headers, body = ask(folder, "/static/js/index.a1.js", method="HEAD")
    assert (status, headers["content-length"], body) == (200, str(len(SCRIPT)), b"")


def test_names_with_a_hash_are_kept_by_the_browser_and_others_asked_for(folder: Path):
    assert "immutable" in ask(folder, "/static/js/index.a1.js")[1]["cache-control"]
    assert ask(folder, "/component/shapes/abc.json")[1]["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/", "/healthz", "/static/", "/static/js", "/static/none.js", "/static/../secret.json",
        "/component/shapes/../secret.json", "/component/shapes//secret.json", "/component/shapes/..%2fsecret.json",
        "/component/shapes/.hidden", "/component/shapes/index.html", "/component/none/abc.json", "/component/shapes",
        "/component/shapes/abc.json\n", "/component/shapes/js\\abc.json", "/component/shapes/abc.json\0", "/abc.json",
    ],
)  # fmt: skip
def test_everything_else_is_left_to_the_app(folder: Path, path: str):
    assert ask(folder, path)[0] == 299


def test_other_methods_parts_of_files_and_sockets_are_left_to_the_app(folder: Path):
    assert ask(folder, "/component/shapes/abc.json", method="POST")[0] == 299
    assert ask(folder, "/component/shapes/abc.json", range="bytes=0-9")[0] == 299
    assert ask(folder, "/component/shapes/abc.json", kind="websocket")[0] == 299


def test_a_large_file_is_left_to_the_app(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept_files, "LARGEST", 10)
    assert ask(folder, "/component/shapes/abc.json")[0] == 299
