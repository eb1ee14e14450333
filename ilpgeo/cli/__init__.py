"""The command line: parse, make one call into the pipeline, print; `ilpgeo COMMAND --help` explains each."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from ilpgeo.cli.arguments import parser
from ilpgeo.core.errors import IlpgeoError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0 ok, 1 refused or failed with a message, 2 usage."""
    options = parser().parse_args(arguments)
    try:
        document, text = options.run(options)
    except (IlpgeoError, OSError) as error:
        if getattr(options, "json", False):
            sys.stdout.write(json.dumps({"error": _said(error)}, ensure_ascii=False) + "\n")
        sys.stderr.write(f"ilpgeo: {_said(error)}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nilpgeo: stopped; nothing half-done was kept\n")
        return 1
    if getattr(options, "json", False):
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")
    elif text:
        sys.stdout.write(text.rstrip("\n") + "\n")
    refused = document.get("refused", []) if isinstance(document, dict) else []
    for each in refused:
        sys.stderr.write(f"ilpgeo: {each['name']} was not brought in: {each['why']}\n")
    return 1 if refused else 0


def _said(error: IlpgeoError | OSError) -> str:
    """Return an error in words: of a file its name first, without the system's number."""
    if isinstance(error, OSError) and not isinstance(error, IlpgeoError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
