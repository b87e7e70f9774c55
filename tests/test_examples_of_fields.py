"""Every root field has an example beside its module, and the demo's accounts can ask all of them in order."""

import asyncio
import base64
import io
import json
import re
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from graphql import build_schema
from PIL import Image
from rich.console import Console
from sqlalchemy import select

from core import SYSTEM, Actor, Context, add_months, clock
from core.asking import shows_nothing
from core.examples import PLACE, Example, example_files, examples, starting
from core.host import Host
from core.loading import load_modules
from core.settings import load_settings
from modules.claim.services.ordering import order
from modules.claim.services.submission import SUBMIT
from modules.claim.types import ClaimSelectionInput
from modules.demo import judging
from modules.demo.accounts import PASSWORD
from modules.demo.client import SIGN_IN, Client
from modules.demo.loading import load_scheme
from modules.demo.servers import serving
from modules.demo.story.steps import Step
from modules.demo.walk import StepFailedError, Teller
from modules.insuree.models import EnrolmentOfficer, OfficerVillage
from modules.insuree.testing import make_family
from modules.location.models import Location
from modules.people.models import Account
from modules.people.services.second_factor import STEP
from modules.policy.services import prompt_renewals
from modules.policy.testing import make_policy
from modules.product.models import Product

ROOT = Path(__file__).parent.parent
SDL = ROOT / "schema/sdl/tanzania-chf.graphql"

NOTHING = frozenset(["deleteHealthFacility", "deleteLocation", "deletePayer", "deletePolicy"])
"""Examples that show nothing, for what they would show is gone. It may only shrink."""


class Kept(dict[str, Any]):
    """What answers gave; and as `code` what an authenticator app shows for the secret, at `now` in seconds."""

    def __missing__(self, place: str) -> str:
        if place != "code":
            raise KeyError(place)
        secret = base64.b32decode(self["enrolSecondFactor.secret"])
        return TOTP(secret, 6, SHA1(), STEP).generate(int(self["now"])).decode()


def step(example: Example) -> Step:
    """An example as a step of a story. Variables name earlier answers as `$createFamily.family.id`."""
    given = json.loads(PLACE.sub(r'"$\1"', example.variables or "{}"))
    return Step(example.name, example.who, example.told, example.document, given, says="")


def remembered(listed: Sequence[Example]) -> list[Step]:
    """The steps, each keeping what later ones name."""
    steps = [step(example) for example in listed]
    named = {place for each in steps for place in re.findall(r'"\$([\w.]+)"', json.dumps(each.variables))}
    named.add("enrolSecondFactor.secret")
    kept = []
    for each, example in zip(steps, listed, strict=True):
        mine = {
            place: f"{example.field}.{place.partition('.')[2]}"
            for place in named
            if place.startswith(f"{example.name}.")
        }
        kept.append(replace(each, keep=mine))
    return kept


class Asker(Teller):
    """A teller whose steps must also show something."""

    def _check(self, step: Step, answer: Mapping[str, Any]) -> None:
        super()._check(step, answer)
        (shown,) = answer["data"].values()
        if shows_nothing(shown) != (step.title in NOTHING):
            raise StepFailedError("it shows nothing" if shows_nothing(shown) else "it shows something now", answer)


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Those of the profile whose every root field is to have one."""
    return example_files(load_modules(load_settings(ROOT, {}, profile="tanzania-chf")))


def test_every_root_field_has_an_example(files: list[Path]) -> None:
    schema = build_schema(SDL.read_text(encoding="utf-8"))
    assert schema.query_type
    assert schema.mutation_type
    fields = {*schema.query_type.fields, *schema.mutation_type.fields}
    shown = {example.field for path in files for example in examples(path)}
    assert sorted(fields - shown) == [], "these root fields have no example in examples.graphql"


def test_the_examples_have_names_of_their_own(files: list[Path]) -> None:
    names = [example.name for path in files for example in examples(path)]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert set(names) >= NOTHING


def test_graphiql_s_tabs_need_no_earlier_answer_and_begin_with_signing_in() -> None:
    tabs = list(starting(load_modules(load_settings(ROOT, {}, profile="tanzania-chf"))))
    assert [tab.name for tab in tabs][:3] == ["modules", "signIn", "me"]
    assert len(tabs) > 8
    assert all(tab.alone and (not tab.changes or tab.name == "signIn") for tab in tabs)


async def test_the_demo_s_accounts_can_ask_all_examples_in_order(host: Host, files: list[Path]) -> None:
    async with host.db.session() as session:
        ctx = Context(host, SYSTEM, request_id="examples", _session=session)
        await load_scheme(ctx)
        today = clock.today()
        with clock.at(judging.evening(judging.last_day_before(today), host.settings.timezone)):
            await _let_a_policy_end(ctx)
        job = await _order(ctx)
        await session.commit()
    await asyncio.to_thread(_ask_all, host, today, [(path, list(examples(path))) for path in files], job)


async def _let_a_policy_end(ctx: Context) -> None:
    """A family of the officer's whose policy ends in a week, and the night that prompts its renewal."""
    session = ctx.session
    officer = (await session.scalars(select(EnrolmentOfficer).where(EnrolmentOfficer.code == "E00001"))).one()
    villages = select(OfficerVillage.village_id).where(OfficerVillage.officer_id == officer.id)
    village = (await session.scalars(select(Location).where(Location.id.in_(villages)))).one()
    product = (await session.scalars(select(Product).where(Product.code == "CHF25"))).one()
    began = add_months(clock.today() + timedelta(days=7), -12)
    family = await make_family(session, village)
    await make_policy(session, family, product, starts_on=began, officer_id=officer.id)
    await prompt_renewals(ctx)


async def _order(ctx: Context) -> UUID:
    """A job that the account for claims ordered: to hand in all claims that there are, of which there are none yet."""
    account = (await ctx.session.scalars(select(Account.id).where(Account.username == "claims"))).one()
    theirs = Context(ctx.host, Actor(id=account, name="claims"), request_id="job", _session=ctx.session)
    return (await order(theirs, SUBMIT, ClaimSelectionInput())).id


def _ask_all(host: Host, today: date, told: Sequence[tuple[Path, Sequence[Example]]], job: UUID) -> None:
    """On the last day of last month; a month is settled when it is over, so settlement comes today."""
    steps = iter(remembered([example for _, listed in told for example in listed]))
    parts = [(path, [next(steps) for _ in listed]) for path, listed in told]
    eve = judging.last_day_before(today)
    evening = judging.evening(eve, host.settings.timezone)
    kept = Kept(year=eve.year, month=eve.month, now=evening.timestamp(), job=str(job))
    teller = Asker(Console(file=io.StringIO()), PASSWORD, kept, 0)
    later = [step for path, listed in parts if path.parent.name == "settlement" for step in listed]
    sooner = [step for path, listed in parts if path.parent.name != "settlement" for step in listed]
    teller.kept["today"] = eve.isoformat()
    with serving(host.database_url, at=evening) as address:
        teller.kept |= {"photo": _sent(address, "officer", "photo"), "paper": _sent(address, "claims", "document")}
        _tell(teller, sooner, address)
    teller.kept["today"] = today.isoformat()
    with serving(host.database_url) as address:
        _tell(teller, later, address)


def _tell(teller: Teller, steps: Sequence[Step], address: str) -> None:
    before = teller.told
    try:
        teller.tell(steps, address)
    except (StepFailedError, KeyError) as error:
        answer = json.dumps(getattr(error, "answer", None), indent=1, ensure_ascii=False)
        pytest.fail(f"the example {steps[teller.told - before - 1].title}: {error!r}\n{answer}")


def _sent(address: str, who: str, kind: str) -> str:
    """The id of a picture that an account sent to `POST /files`."""
    client = Client(address, who, PASSWORD)
    answer: dict[str, Any] = client.ask(SIGN_IN, {"input": {"username": who, "password": PASSWORD}})
    picture = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(picture, "JPEG")
    headers = {"Authorization": f"Bearer {answer['data']['signIn']['accessToken']}", "Content-Type": "image/jpeg"}
    request = urllib.request.Request(f"{address}/files?kind={kind}", picture.getvalue(), headers)
    with urllib.request.urlopen(request) as response:
        return str(json.load(response)["fileId"])
