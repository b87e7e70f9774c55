"""Every root field has an example beside its module, and the demo's accounts can ask all of them in order."""

import asyncio
import base64
import io
import json
import re
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from graphql import FieldNode, OperationDefinitionNode, build_schema, parse, print_ast
from PIL import Image
from rich.console import Console

from core import SYSTEM, Context, clock
from core.host import Host
from core.loading import LoadedModule, load_modules
from core.settings import load_settings
from modules.demo import judging
from modules.demo.accounts import PASSWORD
from modules.demo.client import SIGN_IN, Client
from modules.demo.loading import load_scheme
from modules.demo.servers import serving
from modules.demo.story.steps import Step
from modules.demo.walk import StepFailedError, Teller
from modules.people.services.second_factor import STEP

ROOT = Path(__file__).parent.parent
SDL = ROOT / "schema/sdl/tanzania-chf.graphql"
PLACE = re.compile(r'"\{\{([\w.]+)\}\}"')

WITHOUT = frozenset(
    [
        "answerPolicyRenewal",  # the renewals are prompted by a job at night, weeks before a policy ends
        "job",  # the id of a job that was begun by an earlier answer
        "policyRenewal",  # as answerPolicyRenewal
    ]
)
"""Root fields that have no example yet. It may only shrink."""


class Kept(dict[str, Any]):
    """What answers gave; and as `code` what an authenticator app shows for the secret, at `now` in seconds."""

    def __missing__(self, place: str) -> str:
        if place != "code":
            raise KeyError(place)
        secret = base64.b32decode(self["enrolSecondFactor.secret"])
        return TOTP(secret, 6, SHA1(), STEP).generate(int(self["now"])).decode()


def example_files(modules: Sequence[LoadedModule]) -> list[Path]:
    """The files with examples, wherever the modules lie, in the order in which they read as a tutorial."""
    paths = [module.folder / "examples.graphql" for module in modules]
    return [path for path in paths if path.exists()]


def examples(path: Path) -> Iterator[tuple[Step, str]]:
    """The steps of a file, and the root field of each. Variables name earlier answers as `$createFamily.family.id`."""
    text = path.read_text(encoding="utf-8")
    for block in re.split(r"\n(?=#)(?<=\n\n)", text):
        comments = [line.removeprefix("#").strip() for line in block.splitlines() if line.startswith("#")]
        told, _, rest = "\n".join(comments).partition("\nas ")
        who, _, variables = rest.partition("\n")
        operations = parse(block).definitions
        assert len(operations) == 1, f"{path.name}: one operation below its comment, not {len(operations)}: {told}"
        (operation,) = operations
        assert isinstance(operation, OperationDefinitionNode)
        assert operation.name, f"{path.name}: {told}"
        name = operation.name.value
        assert told, f"{path.name}: {name} says what it does"
        assert who, f"{path.name}: {name} says `# as` which account"
        fields = [field for field in operation.selection_set.selections if isinstance(field, FieldNode)]
        assert len(fields) == 1, f"{path.name}: {name} asks for one root field"
        given = json.loads(PLACE.sub(r'"$\1"', variables or "{}"))
        yield (
            Step(title=name, who=who, asks=told, document=print_ast(operation), variables=given, says=""),
            fields[0].name.value,
        )


def remembered(steps: Sequence[tuple[Step, str]]) -> list[Step]:
    """The steps, each keeping what later ones name."""
    named = {place for step, _ in steps for place in re.findall(r'"\$([\w.]+)"', json.dumps(step.variables))}
    named.add("enrolSecondFactor.secret")
    kept = []
    for step, field in steps:
        mine = {place: f"{field}.{place.partition('.')[2]}" for place in named if place.startswith(f"{step.title}.")}
        kept.append(Step(step.title, step.who, step.asks, step.document, step.variables, step.says, keep=mine))
    return kept


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Those of the profile whose every root field is to have one."""
    return example_files(load_modules(load_settings(ROOT, {}, profile="tanzania-chf")))


def test_every_root_field_has_an_example(files: list[Path]) -> None:
    schema = build_schema(SDL.read_text(encoding="utf-8"))
    assert schema.query_type
    assert schema.mutation_type
    fields = {*schema.query_type.fields, *schema.mutation_type.fields}
    shown = {field for path in files for _, field in examples(path)}
    assert sorted(fields - shown - WITHOUT) == [], "these root fields have no example in examples.graphql"
    assert sorted(WITHOUT & shown) == [], "these have one now: take them off the list"
    assert sorted(WITHOUT - fields) == [], "there are no such root fields"


def test_the_examples_have_names_of_their_own(files: list[Path]) -> None:
    names = [step.title for path in files for step, _ in examples(path)]
    assert sorted({name for name in names if names.count(name) > 1}) == []


async def test_the_demo_s_accounts_can_ask_all_examples_in_order(host: Host, files: list[Path]) -> None:
    async with host.db.session() as session:
        await load_scheme(Context(host, SYSTEM, request_id="examples", _session=session))
        today = clock.today()
    await asyncio.to_thread(_ask_all, host, today, [(path, list(examples(path))) for path in files])


def _ask_all(host: Host, today: date, told: Sequence[tuple[Path, Sequence[tuple[Step, str]]]]) -> None:
    """On the last day of last month; a month is settled when it is over, so settlement comes today."""
    steps = iter(remembered([each for _, listed in told for each in listed]))
    parts = [(path, [next(steps) for _ in listed]) for path, listed in told]
    eve = judging.last_day_before(today)
    evening = judging.evening(eve, host.settings.timezone)
    kept = Kept(year=eve.year, month=eve.month, now=evening.timestamp())
    teller = Teller(Console(file=io.StringIO()), PASSWORD, kept, 0)
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
