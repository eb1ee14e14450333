"""Serves a script through the hardened app, as ``ilpgeo serve`` does, without a workspace."""

import sys
from pathlib import Path

import uvicorn

from ilpgeo.ui.asgi import application

if __name__ == "__main__":
    script, port = Path(sys.argv[1]), int(sys.argv[2])
    uvicorn.run(application(script, "127.0.0.1", port), host="127.0.0.1", port=port, ws="websockets-sansio",
                server_header=False, log_level="warning")  # fmt: skip
