"""Telling the story: each step is asked of a real server in the name of an account, and its answer compared."""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from textwrap import indent
from typing import Any

from rich.console import Console

from core import SYSTEM, Context, clock
from core.cli import Stopped, bring_up_to_date
from core.host import Host
from core.jobs import find_job
from modules.demo import judging, loading
from modules.demo.accounts import PASSWORD
from modules.demo.client import Client
from modules.demo.files import rows
from modules.demo.servers import fresh_database, leaving_well, serving
from modules.demo.story import CHAPTERS, Chapter, Step

MONEY = re.compile(r"-?\d+\.\d\d")
WIDTH = 140
"""Characters of a line of variables."""
PROMPT_DAYS = 45
"""How many days before its end the story's scheme prompts a policy's renewal: early enough for the discount."""


class StepFailedError(Exception):
    """A step whose answer is not what the story says. `answer` is the whole of it."""

    def __init__(self, reason: str, answer: Any = None) -> None:
        super().__init__(reason)
        self.answer = answer


@dataclass
class Teller:
    """Tells steps one after the other and remembers what the answers gave."""

    console: Console
    password: str
    kept: dict[str, Any]
    total: int
    told: int = 0
    people: Mapping[str, str] = field(default_factory=lambda: dict(_people()))

    def open(self, chapter: Chapter, day: date) -> None:
        """Print what a chapter is called, when it plays and how it begins."""
        self.console.rule(f"[bold cyan]{chapter.title}: {day}[/]", characters="═")
        self.console.print(f"{chapter.opens}\n", highlight=False)

    def tell(self, steps: Sequence[Step], address: str) -> None:
        """Ask a server for each of the steps.

        Raises:
            StepFailedError: an answer is another one; what was told before stands.
        """
        clients: dict[str, Client] = {}
        for step in steps:
            self.told += 1
            client = clients.setdefault(step.who, Client(address, step.who, self.password))
            variables = filled(step.variables, self.kept)
            self._announce(step, variables)
            try:
                answer = client.ask(step.document, variables)
            except ConnectionError as error:
                raise StepFailedError(str(error)) from error
            self._check(step, answer)
            self.console.print(f"[green]✓[/] {self._said(step)}\n", soft_wrap=True, highlight=False)

    def _announce(self, step: Step, variables: Mapping[str, Any]) -> None:
        self.console.rule(f"[bold]{self.told} of {self.total}  {step.title}[/]", align="left")
        self.console.print(f"[bold]{self.people[step.who]}:[/] {step.asks}\n", soft_wrap=True, highlight=False)
        for text in (step.document, laid_out(variables)):
            self.console.print(indent(text, "    "), style="dim", soft_wrap=True, highlight=False, markup=False)
        self.console.print()

    def _check(self, step: Step, answer: Mapping[str, Any]) -> None:
        errors = list(answer.get("errors") or ()) + list(user_errors(answer.get("data")))
        codes = [error.get("code") or error.get("extensions", {}).get("code") for error in errors]
        if step.refused:
            if step.refused not in codes:
                raise StepFailedError(f"the error {step.refused} was to come back, not {codes or 'none'}", answer)
            self.kept["message"] = errors[codes.index(step.refused)]["message"]
            return
        if errors:
            raise StepFailedError("; ".join(f"{error['message']}" for error in errors), answer)
        for path, wanted in step.expect.items():
            found, expected = picked(answer["data"], path), filled(wanted, self.kept)
            if found != expected:
                raise StepFailedError(f"{path} is {found!r}; the story says {expected!r}", answer)
        self.kept.update({name: picked(answer["data"], path) for name, path in step.keep.items()})

    def _said(self, step: Step) -> str:
        return step.says.format(**{name: shown(value) for name, value in self.kept.items()})


def tell_all(host: Host, console: Console) -> None:
    """Tell the whole story on a database and servers of its own; both are gone afterwards.

    Raises:
        Stopped: a step failed, or there is no database to tell it on.
    """
    started = time.monotonic()
    with leaving_well(), fresh_database(host.settings) as database_url:
        console.print("Registers, products and accounts go into a database of its own ...\n", style="dim")
        ours = _prompting_early(host).on(database_url)
        today = asyncio.run(_prepare(ours))
        settled = judging.last_day_before(today)
        kept = {"year": settled.year, "month": settled.month}
        teller = Teller(console, PASSWORD, kept, sum(len(chapter.steps) for chapter in CHAPTERS))
        try:
            for day, chapters in groupby(CHAPTERS, key=lambda chapter: chapter.day(today)):
                _tell_day(ours, teller, day, list(chapters), stopped=day != today)
        except StepFailedError as error:
            if error.answer is not None:
                console.print(json.dumps(error.answer, indent=2, ensure_ascii=False), markup=False, soft_wrap=True)
            raise Stopped(f"Step {teller.told} of {teller.total} failed: {error}") from error
    seconds = time.monotonic() - started
    console.print(
        f"[bold green]All {teller.told} steps went as the story says[/], in {seconds:.0f} seconds.", highlight=False
    )


def _tell_day(host: Host, teller: Teller, day: date, chapters: Sequence[Chapter], stopped: bool) -> None:
    """Tell the chapters of a day on a server of that day: its clock is stopped unless the day is the present one."""
    teller.kept["today"] = day.isoformat()
    asyncio.run(_pass_night(host, day, [name for chapter in chapters for name in chapter.night]))
    at = judging.evening(day, host.settings.timezone) if stopped else None
    with serving(host.database_url, at=at) as address:
        for chapter in chapters:
            teller.open(chapter, day)
            teller.tell(chapter.steps, address)


def _prompting_early(host: Host) -> Host:
    """The same modules, with a scheme that prompts renewals earlier."""
    tables = host.settings.tables
    policy = {**tables.get("policy", {}), "renewal_prompt_days": PROMPT_DAYS}
    return Host(host.settings.model_copy(update={"tables": {**tables, "policy": policy}}))


async def _prepare(host: Host) -> date:
    """Load what the story needs. Returns the present day."""
    await bring_up_to_date(host)
    await host.start()
    try:
        async with host.db.session() as session:
            await loading.load_scheme(Context(host, SYSTEM, request_id="demo", _session=session))
            return clock.today()
    finally:
        await host.stop()


async def _pass_night(host: Host, day: date, jobs: Sequence[str]) -> None:
    """Run what a scheme runs by night, as on that day."""
    if not jobs:
        return
    await host.start()
    try:
        with clock.at(judging.evening(day, host.settings.timezone)):
            for name in jobs:
                async with host.db.session() as session:
                    await find_job(host, name).run(Context(host, SYSTEM, request_id="demo", _session=session))
    finally:
        await host.stop()


def filled(value: Any, kept: Mapping[str, Any]) -> Any:
    """The value with every `$name` in it replaced by what was kept under the name."""
    if isinstance(value, str):
        return kept[value[1:]] if value.startswith("$") else value
    if isinstance(value, Mapping):
        return {name: filled(each, kept) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled(each, kept) for each in value]
    return value


def laid_out(value: Any, margin: str = "") -> str:
    """The value as JSON, an object or a list on one line where that fits."""
    line = json.dumps(value, ensure_ascii=False)
    if len(margin) + len(line) <= WIDTH or not isinstance(value, dict | list):
        return line
    inside = margin + "  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(name)}: {laid_out(each, inside)}" for name, each in value.items()]
        opening, closing = "{", "}"
    else:
        parts, (opening, closing) = [laid_out(each, inside) for each in value], ("[", "]")
    return f"{opening}\n{inside}" + f",\n{inside}".join(parts) + f"\n{margin}{closing}"


def picked(data: Any, path: str) -> Any:
    """What lies at a path such as `claims.nodes.0.code`.

    Raises:
        StepFailedError: nothing does.
    """
    found = data
    for part in path.split("."):
        try:
            found = found[int(part)] if isinstance(found, list) else found[part]
        except (KeyError, IndexError, TypeError, ValueError):
            raise StepFailedError(f"there is nothing at {path}", data) from None
    return found


def user_errors(data: Any) -> Iterator[Mapping[str, Any]]:
    """Every user error in an answer, at whatever depth."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            if name == "errors" and isinstance(value, list):
                yield from value
            else:
                yield from user_errors(value)
    elif isinstance(data, list):
        for value in data:
            yield from user_errors(value)


def shown(value: Any) -> str:
    """A value for reading: money with its thousands apart."""
    if isinstance(value, str) and MONEY.fullmatch(value):
        return f"{Decimal(value):,}"
    return str(value)


def _people() -> Iterator[tuple[str, str]]:
    for row in rows("accounts"):
        yield row["username"], f"{row['other_names']} {row['last_name']}, {row['role'].replace('_', ' ').lower()}"
