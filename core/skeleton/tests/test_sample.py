"""What the module promises, through the API."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import bima_sample
from bima_sample import services
from bima_sample.jobs import tidy
from bima_sample.models import Entry
from bima_sample.rights import ALL
from core import Actor, Context, clock
from core.host import Host
from core.migrate import drift
from core.testing import Api, actor, ask_examples

pytestmark = pytest.mark.profile(str(Path(__file__).with_name("sample.toml")))

RECORD = """mutation($input: RecordSampleEntryInput!) {
  done: recordSampleEntry(input: $input) {
    entry: sampleEntry { code name }
    errors { code path message } } }"""
READ = "{ found: sampleEntries(orderBy: [{ field: CODE }]) { nodes { code name } } }"


def somebody() -> Actor:
    """Somebody who holds the rights of this module and no others."""
    return actor(rights=tuple(right.name for right in ALL))


async def test_what_is_recorded_is_read(api: Api) -> None:
    answer = await api(RECORD, {"input": {"code": "A1", "name": "First"}}, actor=somebody())
    assert answer.data["done"] == {"entry": {"code": "A1", "name": "First"}, "errors": []}
    read = await api(READ, actor=somebody())
    assert read.data["found"]["nodes"] == [{"code": "A1", "name": "First"}]


@pytest.mark.parametrize("document", [RECORD, READ])
async def test_nothing_works_without_the_right(api: Api, document: str) -> None:
    answer = await api(
        document, {"input": {"code": "A1", "name": "First"}} if document is RECORD else {}, actor=actor()
    )
    assert answer.errors[0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("language", ["en", "sw", "fr"])
async def test_a_code_is_taken_once(api: Api, language: str) -> None:
    sent = {"input": {"code": "A1", "name": "First"}}
    await api(RECORD, sent, actor=somebody())
    again = await api(RECORD, sent, actor=somebody(), language=language)
    [error] = again.data["done"]["errors"]
    assert (error["code"], error["path"]) == ("SAMPLE_ENTRY_KNOWN", ["code"])
    assert "A1" in error["message"]


async def test_what_is_empty_or_too_long_is_told_all_at_once(api: Api) -> None:
    answer = await api(RECORD, {"input": {"code": "A" * 41, "name": " "}}, actor=somebody())
    errors = answer.data["done"]["errors"]
    assert {(error["code"], error["path"][0]) for error in errors} == {("TOO_LONG", "code"), ("REQUIRED", "name")}


async def test_old_entries_go_by_night_however_often_the_job_runs(ctx: Context, session: AsyncSession) -> None:
    with clock.at(clock.now() - timedelta(days=31)):
        await services.record(ctx, "OLD", "Old")
    await services.record(ctx, "NEW", "New")
    await tidy(ctx)
    await tidy(ctx)
    assert (await session.scalars(select(Entry.code))).all() == ["NEW"]


async def test_the_entries_are_served_as_a_table(api: Api, http: Callable[..., object]) -> None:
    await api(RECORD, {"input": {"code": "A1", "name": "First, and last"}}, actor=somebody())
    client = http(somebody())
    answer = await client.get("/sample/entries.csv")  # type: ignore[attr-defined]
    assert (answer.status_code, answer.text) == (200, 'code,name\r\nA1,"First, and last"\r\n')
    refused = await http(actor()).get("/sample/entries.csv")  # type: ignore[attr-defined]
    assert refused.status_code == 403


async def test_each_example_shows_something(api: Api) -> None:
    answers = await ask_examples(api, bima_sample)
    assert set(answers) == {"recordSampleEntry", "sampleEntries"}


async def test_the_revisions_make_what_the_models_declare(host: Host) -> None:
    assert await drift(host) == {}
