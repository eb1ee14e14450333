"""A PostgreSQL server of the tests' own, on loopback, in a folder that is thrown away."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REQUIRED = bool(os.environ.get("ILPGEO_REQUIRE_POSTGRES"))


def programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, the newest; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _as_somebody() -> dict[str, int]:
    """Return who runs the server: it refuses to run as root."""
    return (
        {"user": pwd.getpwnam("postgres").pw_uid, "group": pwd.getpwnam("postgres").pw_gid} if os.getuid() == 0 else {}
    )


@contextmanager
def server(folder: Path, bin_folder: Path) -> Iterator[str]:
    """Yield the address of a database, up while the block runs."""
    who = _as_somebody()
    if who:
        for each in (folder, *folder.parents[:3]):
            each.chmod(0o755)
        shutil.chown(folder, who["user"], who["group"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([bin_folder / command[0], *command[1:]], check=True, capture_output=True, cwd=folder, **who)

    run("initdb", "-D", str(data), "-U", "tester", "--auth=trust", "--no-sync")
    settings = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories= -c fsync=off"
    run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", settings, "start")
    try:
        yield f"postgresql+psycopg://tester@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
