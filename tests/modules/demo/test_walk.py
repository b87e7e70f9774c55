"""`bima demo walk`: the story of a scheme, told by real servers."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg.sql import SQL, Identifier
from rich.console import Console

from core.cli import Stopped, command_line
from core.dates import add_months
from core.host import Host
from core.settings import Settings
from modules.demo import servers, walk
from modules.demo.servers import serving
from modules.demo.story import CHAPTERS, Chapter, Step
from modules.demo.story.steps import present
from modules.demo.walk import StepFailedError, Teller, filled, laid_out, picked, shown, user_errors
from tests.serving_role import as_role

Cli = Callable[..., Result]


STEPS = [step for chapter in CHAPTERS for step in chapter.steps]
MONEY = {
    "A year before": (
        "iCHF Kilimanjaro, basic costs TZS 12,000.00 for 4 and TZS 4,000.00 for each further member",
        "TZS 12,000.00 are recorded, and the policy is ACTIVE.",
    ),
    "Enrolment": (
        "TZS 30,000.00 for all five",
        "The policy stays IDLE: TZS 15,000.00 are still to be paid.",
        "Josephine is not covered: NOT_PAID.",
        "Isaya is not covered: SUSPENDED.",
    ),
    "Two weeks later": (
        "TZS 0.00 are left to pay, and the policy is ACTIVE from",
        "The policy costs TZS 30,000.00 as before, for up to six: Tumaini is covered at once.",
        "The policy costs TZS 16,000.00 now and stays ACTIVE for the others; TZS 4,000.00 are owed for Eliakunda.",
        "Eliakunda is not covered: MEMBER_NOT_PAID.",
        "TZS 4,000.00 are recorded, TZS 0.00 are left to pay.",
    ),
    "A renewal": (
        "Who renews it a month early pays a tenth less.",
        ": for renewing early TZS -1,600.00.",
        "TZS 14,400.00 are recorded; the new policy covers all five from",
    ),
    "Care": (
        "claims TZS 2,270.00 for Unspecified malaria",
        "with TZS 1,750.00. CIPROFLOXACIN TABS 500MG are paid at TZS 70.00 instead of 80.00;",
        "the line Ultrasound PELVIC is rejected: The facility's price list does not hold this on",
        "Hai District Hospital claims TZS 43,920.00.",
        "The line SUR Biopsy - Testicular is rejected: This is not meant for a patient of this sex and age.",
    ),
    "Review": (
        "TZS 2,140.00 are approved.",
        "The claim is RETURNED: 150 capsules of amoxicillin: please check the number.",
        "The claim is CHECKED with TZS 1,120.00.",
        "the policy pays TZS 20,000.00: its ceiling is reached, TZS 2,920.00 are left to the family.",
    ),
    "Settlement": (
        "TZS 5,010.00 for Machame Kaskazini Dispensary and TZS 20,000.00 for Hai District Hospital, TZS 25,010.00 together.",
        "Machame Kaskazini Dispensary asked for TZS 11,690.00 and gets TZS 5,010.00",
        "Hai District Hospital asked for TZS 43,920.00 and gets TZS 20,000.00.",
        "The run is PAID: TZS 25,010.00 of TZS 25,010.00.",
    ),
}
"""What the walk says of the money of each chapter."""


def test_the_whole_scheme_is_walked_through(cli: Cli, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By servers whose role owns no tables, as in production."""
    monkeypatch.setattr("modules.demo.walk.serving", lambda database_url, at: serving(as_role(database_url), at=at))
    done = cli("demo", "walk")
    assert done.exit_code == 0, done.output
    told = " ".join(done.stdout.split())
    places = [told.index(f"{title}: ") for title in MONEY]
    for (title, sentences), start, end in zip(MONEY.items(), places, [*places[1:], len(told)], strict=True):
        for sentence in sentences:
            assert sentence in told[start:end], f"{title} does not say: {sentence}"
    assert f"All {len(STEPS)} steps went as the story says" in told
    with psycopg.connect(database_url) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'bima_demo_walk_')")
        assert f"bima_demo_walk_{os.getpid()}" not in [name for (name,) in left]


def test_the_money_of_the_walk_is_told_of_every_chapter() -> None:
    assert list(MONEY) == [chapter.title for chapter in CHAPTERS]


@pytest.mark.parametrize(
    "today", [date(2024, 3, 1), date(2025, 1, 31), date(2026, 3, 31), date(2026, 12, 15), date(2028, 2, 29)], ids=str
)
def test_the_chapters_follow_each_other_in_time_whatever_the_day(today: date) -> None:
    days = [chapter.day(today) for chapter in CHAPTERS]
    assert days == sorted(days)
    # A policy of a year from the first chapter on ends with this month: within the prompt, and a month after it begins.
    ends = add_months(days[0], 12) - timedelta(days=1)
    asked = next(chapter.day(today) for chapter in CHAPTERS if chapter.night)
    assert ends - asked <= timedelta(days=walk.PROMPT_DAYS)
    assert asked <= add_months(ends + timedelta(days=1), -1)


# A step that fails, told without a server.


@contextmanager
def address(*arguments: Any, **options: Any) -> Iterator[str]:
    yield "postgresql://nowhere"


class Answering:
    """Gives every step the same answer."""

    answer: Mapping[str, Any] = {"data": {"policyQuote": {"value": "40000.00"}}}

    def __init__(self, *arguments: str) -> None:
        """As a client is made."""

    def ask(self, document: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer."""
        return self.answer


PRICE = Step(
    title="The price",
    who="officer",
    asks="What would it cost?",
    document="query($family: ID!) { policyQuote(familyId: $family) { value } }",
    variables={"family": "$family"},
    keep={"price": "policyQuote.value"},
    expect={"policyQuote.value": "30000.00"},
    says="It costs {price}.",
)


def test_a_step_that_fails_is_named_with_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def prepare(host: Host) -> date:
        return date(2024, 3, 1)

    for name, stub in {"fresh_database": address, "serving": address, "_prepare": prepare, "Client": Answering}.items():
        monkeypatch.setattr(walk, name, stub)
    told, failing = replace(PRICE, variables={}, expect={}), replace(PRICE, variables={})
    monkeypatch.setattr(walk, "CHAPTERS", (Chapter("A price", "Two ask for it.", present, (told, failing)),))
    done = CliRunner(env={"BIMA_PROFILE": "tanzania-chf"}).invoke(command_line(), ["demo", "walk"])
    assert done.exit_code == 1, done.output
    assert "It costs 40,000.00." in done.stdout
    assert '"value": "40000.00"' in done.stdout
    assert "Error: Step 2 of 2 failed: policyQuote.value is '40000.00'; the story says" in done.stderr


def teller() -> Teller:
    return Teller(Console(file=StringIO()), "secret", {"family": "f1"}, 1)


def told_by(monkeypatch: pytest.MonkeyPatch, answer: Mapping[str, Any], step: Step = PRICE) -> Mapping[str, Any]:
    monkeypatch.setattr(Answering, "answer", answer)
    monkeypatch.setattr(walk, "Client", Answering)
    telling = teller()
    telling.tell([step], "http://nowhere")
    return telling.kept


def test_what_a_step_keeps_is_there_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told_by(monkeypatch, {"data": {"policyQuote": {"value": "30000.00"}}})["price"] == "30000.00"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"data": {"policyQuote": {"value": "1.00"}}}, "policyQuote.value is '1.00'; the story says '30000.00'"),
        ({"data": {"policyQuote": None}}, "there is nothing at policyQuote.value"),
        ({"errors": [{"message": "Sign in first.", "extensions": {"code": "UNAUTHENTICATED"}}]}, "Sign in first."),
        ({"data": {"signIn": {"errors": [{"code": "X", "message": "Wrong password."}]}}}, "Wrong password."),
    ],
)
def test_any_other_answer_than_the_storys_fails_the_step(
    monkeypatch: pytest.MonkeyPatch, answer: Mapping[str, Any], reason: str
) -> None:
    with pytest.raises(StepFailedError) as raised:
        told_by(monkeypatch, answer)
    assert str(raised.value) == reason


def test_an_error_that_the_story_wants_must_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = replace(PRICE, refused="SAME_ACCOUNT", says="Refused: {message}")
    error = {"code": "SAME_ACCOUNT", "message": "Let somebody else do it.", "path": ["id"]}
    kept = told_by(monkeypatch, {"data": {"confirmBatchRun": {"batchRun": None, "errors": [error]}}}, refused)
    assert kept["message"] == "Let somebody else do it."
    with pytest.raises(StepFailedError, match="the error SAME_ACCOUNT was to come back, not none"):
        told_by(monkeypatch, {"data": {"confirmBatchRun": {"errors": []}}}, refused)


def test_a_server_that_does_not_answer_fails_the_step() -> None:
    with pytest.raises(StepFailedError, match="the server does not answer"):
        teller().tell([PRICE], "http://127.0.0.1:1")


def test_variables_take_what_was_kept() -> None:
    kept = {"family": "f1", "version": 3}
    assert filled({"a": ["$family", "x"], "b": {"c": "$version"}, "d": 1}, kept) == {
        "a": ["f1", "x"], "b": {"c": 3}, "d": 1,
    }  # fmt: skip


def test_paths_lead_through_objects_and_lists() -> None:
    data = {"claims": {"nodes": [{"code": "A"}, {"code": "B"}]}}
    assert picked(data, "claims.nodes.1.code") == "B"
    for wrong in ("claims.nodes.2.code", "claims.nodes.x", "claims.none", "claims.nodes.0.code.0"):
        with pytest.raises(StepFailedError, match=f"there is nothing at {wrong}"):
            picked(data, wrong)


def test_user_errors_are_found_at_any_depth() -> None:
    data = {"submitClaims": {"results": [{"errors": [{"code": "A"}]}, {"errors": []}], "errors": [{"code": "B"}]}}
    assert [error["code"] for error in user_errors(data)] == ["A", "B"]


def test_money_is_shown_with_its_thousands_apart() -> None:
    assert [shown(value) for value in ("1234567.50", "-1600.00", "0.05", "2024-02-29", 5, None)] == [
        "1,234,567.50", "-1,600.00", "0.05", "2024-02-29", "5", "None",
    ]  # fmt: skip


def test_variables_are_laid_out_on_one_line_where_they_fit() -> None:
    assert laid_out({"a": [1, 2]}) == '{"a": [1, 2]}'
    assert laid_out({"name": "x" * 140}) == '{\n  "name": "' + "x" * 140 + '"\n}'
    assert laid_out(["x" * 70, {"a": "y" * 70}]) == f'[\n  "{"x" * 70}",\n  {{"a": "{"y" * 70}"}}\n]'


def test_every_account_of_the_story_is_there_and_every_name_is_kept_before_it_is_used() -> None:
    known = {"today", "year", "month", "message"}
    for step in STEPS:
        assert step.who in teller().people
        used = {name[1:] for name in _texts([step.variables, step.expect]) if name.startswith("$")}
        assert used <= known, f"{step.title} uses {used - known}"
        known |= set(step.keep)
        step.says.format(**dict.fromkeys(known, ""))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


# Servers.


def test_an_account_that_may_not_create_databases_is_told_what_to_do(database_url: str) -> None:
    stranger = f"walker_{os.getpid()}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(stranger)))
        try:
            settings = Settings(database_url=database_url.replace("//bima@", f"//{stranger}@"))
            with pytest.raises(Stopped, match="CREATEDB"), servers.fresh_database(settings):
                raise AssertionError("it was made")
        finally:
            connection.execute(SQL("DROP ROLE {}").format(Identifier(stranger)))


def test_what_a_killed_walk_left_is_dropped_by_the_next(database_url: str) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    left = f"{servers.DATABASE}{ended.pid}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(left)))
        with servers.fresh_database(Settings(database_url=database_url)) as own, psycopg.connect(own):
            pass
        names = [name for (name,) in connection.execute("SELECT datname FROM pg_database")]
    assert left not in names
    assert f"{servers.DATABASE}{os.getpid()}" not in names


def test_a_server_that_does_not_start_is_told_with_the_end_of_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIMA_PROFILE", "no-such-profile")
    with pytest.raises(Stopped, match="no-such-profile"), servers.serving("postgresql://nobody@127.0.0.1:1/x"):
        raise AssertionError("it started")


def test_a_server_ends_with_the_process_that_started_it() -> None:
    # What reads standard input in place of a command stands for a server that runs.
    program = "import runpy, sys, time; sys.argv[1:] = ['', '--help']; import core.cli; core.cli.main = lambda: time.sleep(60)"
    command = [sys.executable, "-c", f"{program}; runpy.run_module('modules.demo.serve', run_name='__main__')"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE)
    server.communicate(timeout=20)
    assert server.returncode == -signal.SIGTERM
