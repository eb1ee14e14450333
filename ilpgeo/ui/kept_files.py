"""The program's own files answered from memory: no thread, packed once.

A first page is some hundred and fifty files: Streamlit's program, the map's, and the boundaries of areas. Streamlit
opens each in a thread and packs boundaries anew for every browser; beside a page that is being computed, each change of
threads waits for the interpreter. What is not known here is left to Streamlit.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PROGRAM = "/static/"  # Streamlit's own; names carry the hash of the content
COMPONENT = "/component/"
LARGEST, MOST_KEPT = 4 * 2**20, 512  # bytes of a file, files
_LEVEL, _WORTH_PACKING = 5, 1000
_TEXT = re.compile(r"text/|application/(json|javascript)|image/svg")
_PLAIN_NAME = re.compile(r"(?:\w[\w.-]*/)*\w[\w.-]*", re.ASCII)  # no part begins with a dot

FolderOf = Callable[[str], Path | None]


@dataclass(frozen=True, slots=True)
class Kept:
    """One file: its bytes, the same packed (None where that is not worth it), its media type."""

    body: bytes
    packed: bytes | None
    kind: str


class KeptFiles:
    """Answers GET and HEAD of known files.

    Parameters
    ----------
    app
        What answers everything else: other addresses, pages, parts of files, files that are large or not there.
    program
        The folder of Streamlit's own files.
    component
        Returns the folder of a component by its name, or None where there is no such.
    """

    def __init__(self, app: ASGIApp, program: Path, component: FolderOf) -> None:
        self.app = app
        self.program = program
        self.component = component

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        headers = dict(scope["headers"]) if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} else {}
        path = None if not headers or b"range" in headers else self._path(scope["path"])
        found = None if path is None else _read(path)
        if found is None:
            await self.app(scope, receive, send)
            return
        kept, stamp = found
        is_known = headers.get(b"if-none-match", b"").decode("latin-1") == stamp
        is_packed = kept.packed is not None and b"gzip" in headers.get(b"accept-encoding", b"")
        body = b"" if is_known else kept.packed if kept.packed is not None and is_packed else kept.body
        caching = "public, max-age=31536000, immutable" if scope["path"].startswith(PROGRAM) else "no-cache"
        said = {"cache-control": caching, "etag": stamp, "vary": "accept-encoding"}
        if not is_known:
            said |= {"content-type": kept.kind, "content-length": str(len(body))}
            said |= {"content-encoding": "gzip"} if is_packed else {}
        start = [(name.encode(), value.encode("latin-1")) for name, value in said.items()]
        await send({"type": "http.response.start", "status": 304 if is_known else 200, "headers": start})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _path(self, address: str) -> Path | None:
        """Return the file an address means; None where it is no plain name in a known folder."""
        if address.startswith(PROGRAM):
            folder, name = self.program, address.removeprefix(PROGRAM)
        elif address.startswith(COMPONENT):
            component, _, name = address.removeprefix(COMPONENT).partition("/")
            known = self.component(component)
            if known is None:
                return None
            folder = known
        else:
            return None
        return folder / name if _PLAIN_NAME.fullmatch(name) and not name.endswith(".html") else None


def _read(path: Path) -> tuple[Kept, str] | None:
    """Return a file and the stamp of its content; None where it is not kept."""
    try:
        about = path.stat()
        if not path.is_file() or about.st_size > LARGEST:
            return None
        kept = _kept(path, about.st_mtime_ns, about.st_size)
    except OSError:
        return None
    return None if kept is None else (kept, f'"{about.st_mtime_ns:x}-{about.st_size:x}"')


@lru_cache(maxsize=MOST_KEPT)
def _kept(path: Path, changed_ns: int, size: int) -> Kept | None:  # noqa: ARG001  (the key of the cache)
    kind, packed_as = mimetypes.guess_type(path.name)
    if kind is None or packed_as is not None:
        return None
    body = path.read_bytes()
    is_text = _TEXT.match(kind) is not None
    packed = gzip.compress(body, _LEVEL, mtime=0) if is_text and len(body) > _WORTH_PACKING else None
    return Kept(body, packed, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
