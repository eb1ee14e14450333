"""The guard around the app: hosts, headers, policies."""

import asyncio
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ilpgeo.ui.asgi import Guard, allowed_hosts, content_policy, host_name, inline_hashes, tiles_origin

FRAME = "/component/streamlit_folium.st_folium/index.html"
SHAPE = "/component/ilpgeo.ui.assets.shapes/abc.json"


async def plain(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"ALLOWALL")]})
    await send({"type": "http.response.body", "body": b"ok"})


def ask(path: str = "/", hosts: tuple[str, ...] = ("localhost:8501",), kind: str = "http") -> list[dict[str, Any]]:
    """Return the messages the guard sends for one request."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.connect" if kind == "websocket" else "http.request"}

    headers = [(b"host", host.encode()) for host in hosts]
    scope = {"type": kind, "path": path, "headers": headers, "method": "GET"}
    served = Guard(plain, allowed_hosts("", {}), "page", "frame")(scope, receive, send)
    with ThreadPoolExecutor(1) as beside:  # the browser tests' event loop lives in this thread
        beside.submit(asyncio.run, served).result()
    return sent


def headers(sent: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in sent[0]["headers"]:
        found.setdefault(name.decode(), []).append(value.decode())
    return found


def test_every_answer_carries_the_headers():
    found = headers(ask("/anything"))
    assert found["content-security-policy"] == ["page"]
    assert found["x-frame-options"] == ["SAMEORIGIN"]
    assert found["x-content-type-options"] == ["nosniff"]
    assert found["referrer-policy"] == ["same-origin"]
    assert "geolocation=()" in found["permissions-policy"][0]
    assert "cache-control" not in found


def test_the_map_frame_has_a_policy_of_its_own():
    assert headers(ask(FRAME))["content-security-policy"] == ["frame"]


def test_shapes_may_be_kept():
    assert "immutable" in headers(ask(SHAPE))["cache-control"][0]


@pytest.mark.parametrize(
    "hosts",
    [("evil.example",), ("localhost.evil.example",), ("",), ("127.0.0.1.nip.io",), (), ("localhost", "evil.example")],
)
def test_unknown_hosts_are_refused(hosts: tuple[str, ...]):
    start, body = ask(hosts=hosts)
    assert start["status"] == 400
    assert b"ILPGEO_ALLOWED_HOSTS" in body["body"]


def test_unknown_hosts_get_no_socket():
    assert ask(kind="websocket")[0]["type"] == "websocket.accept"
    assert ask(kind="websocket", hosts=("evil.example",))[0]["type"] == "websocket.close"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]:8501", "localhost."])
def test_local_names_are_served(host: str):
    assert ask(hosts=(host,))[0]["status"] == 200


def test_allowed_hosts_come_from_the_address_and_the_environment():
    assert "10.1.2.3" in allowed_hosts("10.1.2.3", {})
    assert {"map.police.local", "wall"} <= allowed_hosts("", {"ILPGEO_ALLOWED_HOSTS": "map.police.local, WALL,"})
    assert "0.0.0.0" not in allowed_hosts("0.0.0.0", {})
    assert len(allowed_hosts("0.0.0.0", {})) > len(allowed_hosts("", {}))


@pytest.mark.parametrize(("header", "name"), [("A.b:1", "a.b"), ("[::1]:80", "::1"), ("[::1]", "::1"), ("x", "x")])
def test_host_name(header: str, name: str):
    assert host_name(header) == name


def test_eval_is_allowed_in_the_frame_alone():
    page = content_policy(map_frame=False, script_hashes=("sha256-x=",))
    assert "unsafe-eval" not in page
    assert "script-src 'self' 'sha256-x=' blob:" in page
    assert "'unsafe-eval'" in content_policy(map_frame=True)
    for policy in (page, content_policy(map_frame=True)):
        assert "frame-ancestors 'self'" in policy
        assert "object-src 'none'" in policy
        assert "http" not in policy


def test_own_tiles_are_pictures_and_nothing_else():
    assert tiles_origin("https://{s}.tiles.local:8080/{z}/{x}/{y}.png") == "https://*.tiles.local:8080"
    assert not tiles_origin("")
    assert "img-src 'self' data: blob: https://t.local;" in content_policy(
        map_frame=True, tiles_origin="https://t.local"
    )


def test_inline_hashes():
    # the value of the example in the CSP specification, section on hash usage for script elements
    html = "<script src=\"a.js\"></script><script>alert('Hello, world.');</script>"
    assert inline_hashes(html) == ("sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=",)


def test_no_run_of_a_page_stops_the_others_to_look_for_garbage():
    root = Path(__file__).parents[2]
    work = (
        "from ilpgeo.ui.asgi import application; application();"
        "from streamlit.config import get_option; print(get_option('runner.postScriptGC'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", work], check=True, timeout=120, capture_output=True, text=True, cwd=root
    )
    assert done.stdout.strip() == "False"
    demo = tomllib.loads((root / ".streamlit" / "config.toml").read_text("utf-8"))
    assert demo["runner"]["postScriptGC"] is False
