"""People are looked up once their enrolment is committed; a register that is down costs nobody anything."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

import bima_national_id
from bima_national_id import registry, services
from bima_national_id.models import Check
from bima_national_id.rules import Circuit, Identity, Verdict, differences, verdict
from core import Context, clock
from core.host import Host
from core.migrate import drift
from core.testing import Api, actor, ask_examples
from core.worker import worker
from modules.insuree.testing import chf_number, unsaid
from modules.location.testing import make_district, make_village

pytestmark = pytest.mark.profile(str(Path(__file__).with_name("national_id.toml")))
NUMBER = "19850505-11101-00001-20"
ASHA = {"lastName": "Mushi", "otherNames": "Asha Neema", "birthDate": "1985-05-05"}
CREATE = """mutation($input: CreateFamilyInput!) { createFamily(input: $input) {
    family { head { id version nationalIdCheck { verdict } } } errors { code path } } }"""
READ = "query($id: ID!) { insuree(id: $id) { nationalIdCheck { verdict differences } } }"
CHECK = "mutation($input: CheckNationalIdInput!) { checkNationalId(input: $input) { errors { code path } } }"


class Register:
    """A register that knows Asha, counts questions, and fails as it is told."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.fails: Callable[[], httpx.Response] | None = None
        self.sleeps = 0.0

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        await asyncio.sleep(self.sleeps)
        if self.fails is not None:
            return self.fails()
        known = request.url.path == f"/people/{NUMBER}"
        return httpx.Response(200, json=ASHA) if known else httpx.Response(404)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """The register that is asked instead of a real one."""
    fake = Register()
    monkeypatch.setattr(registry, "transport", lambda: httpx.MockTransport(fake.answer))
    registry.circuit.cache_clear()
    yield fake
    registry.circuit.cache_clear()


@pytest.fixture
async def village(session: AsyncSession) -> str:
    """Where people live."""
    made = await make_village(session)
    await session.commit()
    return str(made.id)


async def enrol(api: Api, village: str, **head: Any) -> dict[str, Any]:
    """The payload of the enrolment of somebody who says that she is Asha."""
    person = {
        "insuranceNumber": chf_number(), "lastName": "Mushi", "otherNames": "Asha", "birthDate": "1985-05-05",
        "genderCode": "F", "idTypeCode": "N", "idNumber": NUMBER, **head,
    }  # fmt: skip
    answer = await api(CREATE, {"input": {"locationId": village, "head": person}}, actor=actor("ENROLMENT_OFFICER"))
    assert answer.errors == []
    told: dict[str, Any] = answer.data["createFamily"]
    return told


async def work(host: Host) -> None:
    """Let the worker do what waits."""
    await asyncio.wait_for(worker(host, wait=False, signals=False), 20)


async def waiting(session: AsyncSession) -> int:
    """How many look-ups wait."""
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'national_id.look_up' AND status = 'todo'"
    await session.rollback()
    count: int = (await session.execute(text(jobs))).scalar_one()
    return count


async def kept(session: AsyncSession) -> list[tuple[Verdict, list[str]]]:
    """What is kept of look-ups."""
    await session.rollback()
    return [(row.verdict, row.differences) for row in await session.scalars(select(Check))]


async def test_who_enrols_is_looked_up_after_the_commit_and_the_answer_is_read_with_the_person(
    host: Host, api: Api, village: str, register: Register
) -> None:
    told = await enrol(api, village)
    assert told["errors"] == []
    assert register.asked == [], "enrolment does not wait for the register"
    await work(host)
    assert register.asked[0].headers["authorization"] == "Bearer let-me-in"
    read = await api(READ, {"id": told["family"]["head"]["id"]}, actor=actor("ENROLMENT_OFFICER"))
    assert read.data["insuree"]["nationalIdCheck"] == {"verdict": "MATCHES", "differences": []}


async def test_an_enrolment_that_is_refused_asks_nobody(
    api: Api, village: str, register: Register, session: AsyncSession
) -> None:
    told = await enrol(api, village, birthDate="2999-01-01")
    assert told["errors"]
    assert await waiting(session) == 0


@pytest.mark.parametrize("document", [{"idTypeCode": "P"}, {"idTypeCode": None, "idNumber": None}])
async def test_who_shows_no_national_card_is_not_looked_up(
    api: Api, village: str, session: AsyncSession, document: dict[str, Any]
) -> None:
    assert (await enrol(api, village, **document))["errors"] == []
    assert await waiting(session) == 0


async def test_what_differs_and_who_is_not_known_is_told(
    host: Host, api: Api, village: str, register: Register, session: AsyncSession
) -> None:
    await enrol(api, village, birthDate="1986-05-05")
    await enrol(api, village, idNumber="../admin?x=1")
    await work(host)
    assert sorted(await kept(session)) == [(Verdict.DIFFERS, ["birthDate"]), (Verdict.UNKNOWN, [])]
    assert register.asked[-1].url.raw_path.startswith(b"/people/..%2Fadmin%3Fx%3D1")


async def test_a_register_that_does_not_answer_in_time_is_asked_again_later(
    host: Host, api: Api, village: str, register: Register, session: AsyncSession
) -> None:
    register.sleeps = 5
    await enrol(api, village)
    await work(host)
    assert len(register.asked) == 1
    assert (await kept(session), await waiting(session)) == ([], 1)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(503),
        lambda: httpx.Response(429),
        lambda: httpx.Response(200, text="<html>"),
        lambda: httpx.Response(200, json=["nobody"]),
        lambda: httpx.Response(200, json={**ASHA, "birthDate": "yesterday"}),
        lambda: (_ for _ in ()).throw(httpx.ConnectError("refused")),
    ],
)
async def test_whatever_is_no_answer_counts_as_down_and_opens_the_circuit(
    ctx: Context, register: Register, answer: Callable[[], httpx.Response]
) -> None:
    from bima_national_id.settings import Settings

    register.fails = answer
    settings = ctx.settings(Settings)
    for _ in range(5):
        with pytest.raises(registry.RegistryDown):
            await registry.ask(settings, NUMBER)
    assert len(register.asked) == 3, "after three failures nobody asks"
    register.fails = None
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert await registry.ask(settings, NUMBER) is not None


async def test_a_register_that_does_not_let_us_in_is_not_asked_again(
    host: Host, api: Api, village: str, register: Register, session: AsyncSession
) -> None:
    register.fails = lambda: httpx.Response(401)
    await enrol(api, village)
    await work(host)
    assert (await kept(session), await waiting(session)) == ([(Verdict.REFUSED, [])], 0)


async def test_a_job_that_runs_twice_keeps_one_answer(
    host: Host, api: Api, village: str, register: Register, ctx: Context, session: AsyncSession
) -> None:
    head = UUID((await enrol(api, village))["family"]["head"]["id"])
    for _ in range(2):
        await services.look_up(ctx, head)
        await session.commit()
    assert await session.scalar(select(func.count()).select_from(Check)) == 1


async def test_somebody_is_looked_up_anew_by_who_may_order_it(
    host: Host, api: Api, village: str, register: Register, session: AsyncSession
) -> None:
    head = (await enrol(api, village))["family"]["head"]["id"]
    await work(host)
    refused = await api(CHECK, {"input": {"insureeId": head}}, actor=actor("MEDICAL_OFFICER"))
    assert refused.errors[0]["extensions"]["code"] == "FORBIDDEN"
    ordered = await api(CHECK, {"input": {"insureeId": head}}, actor=actor("CLERK"))
    assert ordered.data["checkNationalId"]["errors"] == []
    assert await waiting(session) == 1
    without = (await enrol(api, village, idTypeCode="P"))["family"]["head"]["id"]
    told = await api(CHECK, {"input": {"insureeId": without}}, actor=actor("CLERK"))
    assert told.data["checkNationalId"]["errors"] == [{"code": "NATIONAL_ID_NO_NUMBER", "path": ["insureeId"]}]


async def test_who_may_not_see_the_person_does_not_see_the_look_up(
    host: Host, api: Api, village: str, register: Register, session: AsyncSession
) -> None:
    head = (await enrol(api, village))["family"]["head"]["id"]
    await work(host)
    elsewhere = (await make_district(session)).id
    await session.commit()
    for who in (actor("CLERK", unbounded=False), actor("CLERK", district=[elsewhere])):
        assert (await api(READ, {"id": head}, actor=who)).data == {"insuree": None}
        ordered = await api(CHECK, {"input": {"insureeId": head}}, actor=who)
        assert ordered.data["checkNationalId"]["errors"] == [{"code": "NOT_FOUND", "path": ["insureeId"]}]


async def test_its_examples_can_be_asked(api: Api, register: Register, village: str) -> None:
    head = (await enrol(api, village))["family"]["head"]
    answers = await ask_examples(api, bima_national_id, person=head["id"])
    assert answers["nationalIdOfAPerson"]["lastName"] == "Mushi"


async def test_the_revisions_make_what_the_models_declare(host: Host) -> None:
    assert await drift(host) == {}


names = st.text(st.characters(categories=["L"]), min_size=1, max_size=12)


@given(names, names, st.dates())
def test_a_person_matches_himself_however_his_names_are_written(last: str, other: str, born: date) -> None:
    here = Identity(last.upper(), other, born)
    assert verdict(here, Identity(last.upper(), f"{other} Neema", born)) == (Verdict.MATCHES, ())
    assert "birthDate" in differences(here, Identity(last, other, date.min if born > date.min else date.max))


def test_case_accents_and_hyphens_do_not_make_another_person() -> None:
    born = date(1985, 5, 5)
    assert differences(Identity("N'Guessan", "Aimée-Rose", born), Identity("NGUESSAN", "ROSE AIMEE", born)) == ()
    assert differences(Identity("Mushi", "Asha", born), Identity("Mushi", "Neema", born)) == ("otherNames",)


def test_the_circuit_opens_after_failures_in_a_row_and_at_once_after_a_rest_that_did_not_help() -> None:
    now, rest = datetime(2026, 6, 15, tzinfo=UTC), timedelta(seconds=60)
    circuit = Circuit(failures=2, rest=rest)
    circuit.fail(now)
    circuit.succeed()
    circuit.fail(now)
    assert not circuit.is_open(now)
    circuit.fail(now)
    assert circuit.is_open(now)
    assert not circuit.is_open(now + rest)
    circuit.fail(now + rest)
    assert circuit.is_open(now + rest)


async def test_what_is_kept_about_people_is_told(host: Host) -> None:
    assert unsaid(host) == set()
