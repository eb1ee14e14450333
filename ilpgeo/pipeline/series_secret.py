"""The secret that references of crime series are hashed with: outside the store, and outside its copies."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from ilpgeo.core.errors import InvalidInput
from ilpgeo.pipeline.opened import Opened

VARIABLE = "ILPGEO_SERIES_KEY"
_LEAST = 32


def series_secret(opened: Opened) -> bytes:
    """Return the secret: the environment's, else that of a file beside the workspace, made when first needed.

    Raises
    ------
    InvalidInput
        When it is too short, when others can read the file, or when it cannot be made.
    """
    told = os.environ.get(VARIABLE, "")
    if told:
        return _long_enough(told, VARIABLE)
    file = secret_file(opened.workspace.folder)
    if not file.exists():
        _make(file)
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise InvalidInput(
            f"{file}: others than its owner can read the key of the series; let the owner alone read it (chmod 600)"
        )
    return _long_enough(file.read_text("utf-8").strip(), str(file))


def secret_file(folder: Path) -> Path:
    """Return where the secret of a workspace is kept: beside its folder, so that no copy of the folder carries it."""
    resolved = folder.resolve()
    return resolved.parent / f".{resolved.name}.series-key"


def _make(file: Path) -> None:
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:  # another process was faster
        return
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be made ({error.strerror}): series references need a key outside the workspace; set "
            f"{VARIABLE}, or bring the file in without its column of series"
        ) from error
    with os.fdopen(handle, "w", encoding="utf-8") as lines:
        lines.write(secrets.token_hex(_LEAST) + "\n")


def _long_enough(text: str, where: str) -> bytes:
    if len(text) < _LEAST:
        raise InvalidInput(f"{where}: the key of the series must have at least {_LEAST} characters")
    return text.encode()
