"""The papers of claims: scans that were sent, and links to hosts that the scheme allows."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import httpx
import orjson
import pytest
from PIL import Image
from sqlalchemy import select

from core import Actor, Context, new_id, visible
from core.host import Host
from core.testing import actor
from modules.claim.models import Claim, ClaimAttachment
from modules.claim.rules import ClaimStatus, is_allowed_link
from modules.claim.services.attachments import MOST_ATTACHMENTS
from tests.modules.claim.world import World

Http = Callable[..., httpx.AsyncClient]
LINKS = pytest.mark.profile("tests/modules/claim/generous.toml")
PAPER = "https://files.hospital.go.tz/2026/scan.pdf"
ATTACHMENT = "claimAttachment { id title isFile url type { code name } } errors { code path }"
ADD = f"mutation($input: AddClaimAttachmentInput!) {{ addClaimAttachment(input: $input) {{ {ATTACHMENT} }} }}"
REMOVE = f"mutation($input: RemoveClaimAttachmentInput!) {{ removeClaimAttachment(input: $input) {{ {ATTACHMENT} }} }}"
SEE = "query($id: ID!) { claim(id: $id) { attachments { id title url } } }"


async def send(http: Http, who: Actor, kind: str = "document") -> str:
    made = BytesIO()
    Image.new("RGB", (900, 600), "white").save(made, "JPEG")
    answer = await http(who).post(f"/files?kind={kind}", content=made.getvalue())
    assert answer.status_code == 201
    return str(answer.json()["fileId"])


async def ask(http: Http, who: Actor, query: str, **input: Any) -> Any:
    """The payload of a mutation over HTTP, its errors as (code, path)."""
    body = orjson.dumps({"query": query, "variables": {"input": input}}, default=str)
    answer = (await http(who).post("/graphql", content=body, headers={"content-type": "application/json"})).json()
    assert "errors" not in answer, answer
    [payload] = answer["data"].values()
    payload["errors"] = [(error["code"], ".".join(error["path"])) for error in payload["errors"]]
    return payload


async def see(world: World, claim: Claim, by: Actor | None = None) -> Any:
    answer = await world.api(SEE, {"id": claim.id}, actor=by or world.doctor())
    assert not answer.errors, answer
    assert answer.statements == 1
    return answer.data["claim"] and answer.data["claim"]["attachments"]


async def attached(world: World, claim: Claim, count: int = 1) -> list[ClaimAttachment]:
    """Links that are papers of a claim."""
    papers = [ClaimAttachment(claim_id=claim.id, link=PAPER, title=f"Paper {number}") for number in range(count)]
    world.session.add_all(papers)
    await world.session.commit()
    return papers


async def test_the_facility_adds_a_scan_and_whoever_sees_the_claim_reads_it(world: World, http: Http) -> None:
    nurse, claim = world.nurse(), await world.claim()
    sent = {"claimId": claim.id, "title": " Discharge ", "typeCode": "DISCHARGE", "fileId": await send(http, nurse)}
    payload = await ask(http, nurse, ADD, **sent)
    assert payload["errors"] == []
    told = payload["claimAttachment"]
    assert (told["title"], told["isFile"], told["type"]["name"]) == ("Discharge", True, "Discharge summary")
    [seen] = await see(world, claim)
    assert seen["id"] == told["id"]
    answer = await http().get(seen["url"])
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(BytesIO(answer.content)).size == (900, 600)


@LINKS
async def test_a_paper_may_lie_on_a_host_that_the_scheme_allows(world: World, http: Http) -> None:
    claim = await world.claim()
    payload = await ask(http, world.nurse(), ADD, claimId=claim.id, title="Scan", url=PAPER)
    assert payload["errors"] == []
    assert (payload["claimAttachment"]["isFile"], payload["claimAttachment"]["url"]) == (False, PAPER)


async def test_no_link_is_taken_unless_the_scheme_allows_its_host(world: World, http: Http) -> None:
    claim = await world.claim()
    refused = await ask(http, world.nurse(), ADD, claimId=claim.id, title="Scan", url=PAPER)
    assert refused["errors"] == [("LINK_NOT_ALLOWED", "url")]


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://files.hospital.go.tz/a/b?c=d#e", True),
        ("https://FILES.Hospital.go.tz", True),
        ("http://files.hospital.go.tz/a", False),
        ("https://evil.example/files.hospital.go.tz/", False),
        ("https://evil.example/?https://files.hospital.go.tz", False),
        ("https://files.hospital.go.tz.evil.example/", False),
        ("https://sub.files.hospital.go.tz/", False),
        ("https://files.hospital.go.tz@evil.example/", False),
        ("https://evil.example@files.hospital.go.tz/", False),
        ("https://evil.example\\@files.hospital.go.tz/", False),
        ("https://files.hospital.go.tz:8443/", False),
        ("https://files.hospital.go.tz./", False),
        ("https://files.hospital.go.tz/a b", False),
        ("https://files.hospital.go.tz/\n", False),
        ("https://files.hospital.go.tż/", False),
        ("https://[files.hospital.go.tz/", False),
        ("https:files.hospital.go.tz", False),
        ("https:///files.hospital.go.tz", False),
        ("javascript://files.hospital.go.tz/%0aalert(1)", False),
        ("//files.hospital.go.tz/", False),
        ("", False),
    ],
)
def test_the_host_decides_and_never_the_path_rule_2_15(url: str, allowed: bool) -> None:
    assert is_allowed_link(url, ("files.hospital.go.TZ",)) is allowed
    assert not is_allowed_link(url, ())


@LINKS
async def test_everything_that_is_wrong_is_told_at_once_and_the_file_is_not_used_up(world: World, http: Http) -> None:
    nurse, claim = world.nurse(), await world.claim()
    file_id = await send(http, nurse)
    refused = await ask(http, nurse, ADD, claimId=claim.id, title=" ", typeCode="NONE", fileId=file_id, url=PAPER)
    assert refused["errors"] == [("REQUIRED", "title"), ("UNKNOWN_CODE", "typeCode"), ("FILE_OR_LINK", "fileId")]
    refused = await ask(http, nurse, ADD, claimId=claim.id, title="x" * 101)
    assert refused["errors"] == [("TOO_LONG", "title"), ("FILE_OR_LINK", "fileId")]
    refused = await ask(http, nurse, ADD, claimId=claim.id, title="Long", url=PAPER + "x" * 500)
    assert refused["errors"] == [("TOO_LONG", "url")]
    assert (await ask(http, nurse, ADD, claimId=claim.id, title="Scan", fileId=file_id))["errors"] == []


async def test_a_photo_is_no_paper_and_one_file_is_one_paper(world: World, http: Http) -> None:
    nurse, claim = world.nurse(), await world.claim()
    refused = await ask(http, nurse, ADD, claimId=claim.id, title="Scan", fileId=await send(http, nurse, "photo"))
    assert refused["errors"] == [("FILE_KIND", "fileId")]
    file_id = await send(http, nurse)
    assert (await ask(http, nurse, ADD, claimId=claim.id, title="Scan", fileId=file_id))["errors"] == []
    again = await ask(http, nurse, ADD, claimId=claim.id, title="Scan", fileId=file_id)
    assert again["errors"] == [("FILE_UNKNOWN", "fileId")]


async def test_a_paper_that_is_taken_away_is_kept_and_no_longer_shown(world: World, http: Http) -> None:
    claim = await world.claim()
    first, second = await attached(world, claim, 2)
    assert (await ask(http, world.nurse(), REMOVE, id=first.id))["errors"] == []
    assert [paper["id"] for paper in await see(world, claim)] == [str(second.id)]
    assert (await ask(http, world.nurse(), REMOVE, id=first.id))["errors"] == [("NOT_FOUND", "id")]
    assert len(list(await world.session.scalars(select(ClaimAttachment)))) == 2


@pytest.mark.parametrize("status", list(ClaimStatus))
@LINKS
async def test_papers_come_and_go_while_the_facility_may_change_the_claim(
    world: World, http: Http, status: ClaimStatus
) -> None:
    claim = await world.claim(status=status)
    [paper] = await attached(world, claim)
    added = await ask(http, world.nurse(), ADD, claimId=claim.id, title="Scan", url=PAPER)
    removed = await ask(http, world.nurse(), REMOVE, id=paper.id)
    if status in (ClaimStatus.ENTERED, ClaimStatus.RETURNED):
        assert added["errors"] == removed["errors"] == []
    else:
        assert added["errors"] == [("CLAIM_NOT_EDITABLE", "claimId")]
        assert removed["errors"] == [("CLAIM_NOT_EDITABLE", "id")]


@LINKS
async def test_a_claim_has_so_many_papers_at_most(world: World, http: Http) -> None:
    claim = await world.claim()
    papers = await attached(world, claim, MOST_ATTACHMENTS)
    refused = await ask(http, world.nurse(), ADD, claimId=claim.id, title="Scan", url=PAPER)
    assert refused["errors"] == [("TOO_MANY_ATTACHMENTS", "claimId")]
    await ask(http, world.nurse(), REMOVE, id=papers[0].id)
    assert (await ask(http, world.nurse(), ADD, claimId=claim.id, title="Scan", url=PAPER))["errors"] == []


@LINKS
async def test_another_facility_neither_sees_adds_nor_removes(world: World, http: Http, host: Host) -> None:
    claim = await world.claim()
    [paper] = await attached(world, claim)
    elsewhere = actor("CLAIM_ADMINISTRATOR", facility=[new_id()])
    assert await see(world, claim, elsewhere) is None
    added = await ask(http, elsewhere, ADD, claimId=claim.id, title="Scan", url=PAPER)
    assert added["errors"] == [("NOT_FOUND", "claimId")]
    assert (await ask(http, elsewhere, REMOVE, id=paper.id))["errors"] == [("NOT_FOUND", "id")]
    for who, count in ((elsewhere, 0), (world.nurse(), 1), (world.doctor(), 1)):
        rows = select(ClaimAttachment).where(*visible(Context(host, who), ClaimAttachment))
        assert len(list(await world.session.scalars(rows))) == count


@pytest.mark.parametrize("role", ["MEDICAL_OFFICER", "ENROLMENT_OFFICER", "ACCOUNTANT"])
async def test_papers_are_the_facilitys_own_business(world: World, role: str) -> None:
    claim = await world.claim()
    [paper] = await attached(world, claim)
    for query, input in ((ADD, {"claimId": claim.id, "title": "x", "url": PAPER}), (REMOVE, {"id": paper.id})):
        answer = await world.api(query, {"input": input}, actor=actor(role))
        assert [error["extensions"]["code"] for error in answer.errors] == ["FORBIDDEN"]
    assert (await world.api(ADD, {"input": {"claimId": claim.id, "title": "x"}}, actor=actor("CLAIM_CONTRIBUTOR"))).data


async def test_the_papers_of_many_claims_are_one_statement(world: World) -> None:
    for _ in range(3):
        await attached(world, await world.claim(), 2)
    answer = await world.api("{ claims { nodes { attachments { title url } } } }", actor=world.doctor())
    assert [len(node["attachments"]) for node in answer.data["claims"]["nodes"]] == [2, 2, 2]
    assert answer.statements == 1
