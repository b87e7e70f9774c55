"""The audit of graphql-http, the reference implementation of GraphQL over HTTP: `make audit`; Node and npm are needed."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from core.host import Host
from core.http import create_app
from core.settings import load_settings
from tests.core.serving import serving

PACKAGES = ("graphql-http@1.23.1", "graphql@16.11.0")
AUDITS = 61
SCRIPT = """
const { auditServer } = require("graphql-http");
auditServer({ url: process.argv[1] }).then((results) =>
  console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason })))));
"""


@pytest.mark.audit
@pytest.mark.profile("tests/core/bare.toml")
async def test_the_audit_of_graphql_http_passes(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    assert shutil.which("npm"), "this audit needs Node and npm"
    await run("npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", *PACKAGES, cwd=tmp_path)
    url = "postgresql://nobody@127.0.0.1:1/none"
    app = create_app(Host(load_settings(pytestconfig.rootpath, {}, profile="tests/core/bare.toml", database_url=url)))
    app.state.readiness.missing = ""
    async with serving(app) as address:
        results = json.loads(await run("node", "-e", SCRIPT, f"{address}/graphql", cwd=tmp_path))
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == AUDITS


async def run(*command: str, cwd: Path) -> bytes:
    """What a command prints; it must succeed."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out
