"""The TypeScript client in clients/typescript has its types from a running server, and does a day's work with it."""

import asyncio
import json
import os
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

from core import SYSTEM, Context
from core.host import Host
from modules.demo.loading import load_scheme
from modules.demo.servers import serving

CLIENT = Path(__file__).parent.parent / "clients/typescript"
MADE = ("node_modules", "build", "gql")


def test_the_lock_names_no_registry_and_every_package_has_its_hash() -> None:
    packages = json.loads((CLIENT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


@pytest.mark.audit
@pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js 20 or newer")
async def test_a_typed_client_does_a_day_s_work(host: Host, tmp_path: Path) -> None:
    folder = tmp_path / "typescript"
    shutil.copytree(CLIENT, folder, ignore=shutil.ignore_patterns(*MADE))
    async with host.db.session() as session:
        await load_scheme(Context(host, SYSTEM, request_id="typescript", _session=session))
    await asyncio.to_thread(_a_day, host.database_url, folder)


def _a_day(database_url: str, folder: Path) -> None:
    with serving(database_url) as address:
        with urllib.request.urlopen(f"{address}/schema.graphql") as sdl:
            (folder / "server.graphql").write_bytes(sdl.read())
        _run(folder, "npm", "ci", "--no-audit", "--no-fund")
        _run(folder, "npm", "run", "generate")
        _run(folder, "npm", "run", "build")
        told = json.loads(_run(folder, "node", "build/day.js", address))
    assert told["policy"]["status"] == "IDLE"
    assert told["codes"] == ["TS-1", "TS-2", "TS-3"]


def _run(folder: Path, *command: str) -> str:
    environment = os.environ | {"BIMA_SDL": "server.graphql"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
