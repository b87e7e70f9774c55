"""Trusted documents: where a manifest is set, nothing else is answered."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.documents import hash_of, read_manifest
from core.host import Host
from core.http import create_app
from core.settings import StartError, load_settings

pytestmark = pytest.mark.profile("tests/core/bare.toml")

KNOWN = "{ __typename }"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({hash_of(KNOWN): KNOWN}))
    return path


def asking(root: Path, **settings: Any) -> httpx.AsyncClient:
    url = "postgresql://nobody@127.0.0.1:1/none"
    app = create_app(Host(load_settings(root, {}, profile="tests/core/bare.toml", database_url=url, **settings)))
    app.state.readiness.missing = ""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bima")


def by_hash(hash_: Any, **more: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_}}, **more}


async def test_a_document_of_the_manifest_is_answered_whole_or_by_its_hash(
    pytestconfig: pytest.Config, manifest: Path
) -> None:
    async with asking(pytestconfig.rootpath, trusted_documents=manifest) as client:
        for body in ({"query": KNOWN}, by_hash(hash_of(KNOWN)), by_hash(hash_of(KNOWN).upper(), query=KNOWN)):
            assert (await client.post("/graphql", json=body)).json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{  __typename }"},
        by_hash(hash_of("{ a }")),
        by_hash("nonsense"),
        by_hash(hash_of(KNOWN), query="{ __schema { types { name } } }"),
    ],
)
async def test_any_other_document_is_refused(pytestconfig: pytest.Config, manifest: Path, body: dict[str, Any]) -> None:
    async with asking(pytestconfig.rootpath, trusted_documents=manifest) as client:
        answer = await client.post("/graphql", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"


@pytest.mark.parametrize("hash_", [hash_of(KNOWN), 7, None, ["a"]])
async def test_without_a_manifest_nothing_is_known_by_its_hash(pytestconfig: pytest.Config, hash_: Any) -> None:
    async with asking(pytestconfig.rootpath) as client:
        answer = await client.post("/graphql", json=by_hash(hash_))
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": "{ __typename }"}', "\udcff"])
def test_a_manifest_that_is_none_stops_the_server(pytestconfig: pytest.Config, tmp_path: Path, text: str) -> None:
    path = tmp_path / "documents.json"
    path.write_text(text, errors="surrogateescape")
    with pytest.raises(StartError):
        asking(pytestconfig.rootpath, trusted_documents=path)
    with pytest.raises(StartError):
        read_manifest(tmp_path / "absent.json")


def test_the_documents_of_a_client_are_collected_and_checked(tmp_path: Path, cli: Callable[..., Any]) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.graphql").write_text("{ modules { name } }")
    collected = cli("documents", "collect", str(tmp_path))
    path = tmp_path / "documents.json"
    path.write_text(collected.output)
    assert list(read_manifest(path).values()) == ["{ modules { name } }"]
    assert cli("documents", "check", str(path)).output == "All 1 documents are answered by this schema.\n"
    (tmp_path / "two.graphql").write_text("{ moduls { name } }")
    path.write_text(cli("documents", "collect", str(tmp_path)).output)
    checked = cli("documents", "check", str(path))
    assert checked.exit_code == 1
    assert "Cannot query field 'moduls'" in checked.output
    assert "1 of 2 documents would be refused" in checked.output
