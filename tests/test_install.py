"""The closed network: wheels carried over are all that an install needs."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NO_NETWORK = ("unshare", "--map-root-user", "--net")


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_wheels_install_and_make_the_demo_without_any_network(tmp_path: Path) -> None:
    if shutil.which("unshare") is None or subprocess.run([*NO_NETWORK, "true"], check=False).returncode:
        pytest.skip("this machine cannot cut a process off the network (unshare)")
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so there is nothing to clone")
    connected, closed = tmp_path / "connected", tmp_path / "closed"
    for clone in (connected, closed):
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    subprocess.run(["make", "wheelhouse"], cwd=connected, check=True, capture_output=True)
    (connected / "wheels").rename(closed / "wheels")
    asked = subprocess.run(
        [*NO_NETWORK, "python3", "-c", "import socket; socket.create_connection(('192.0.2.1', 80), 2)"], check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert "unreachable" in asked.stderr.lower(), "the network is cut off"
    made = subprocess.run(
        [*NO_NETWORK, "make", "demo", "WHEELS=wheels"], cwd=closed, check=False, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr[-2000:]
    assert "239,935 incidents" in made.stdout
