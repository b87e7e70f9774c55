"""Telling the story: each step is asked of a real server in the name of an account, and its answer compared."""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from textwrap import indent
from typing import TYPE_CHECKING, Any

from rich.console import Console

from core import SYSTEM, Context, clock
from core.cli import Stopped, bring_up_to_date
from modules.demo import judging, loading
from modules.demo.accounts import PASSWORD
from modules.demo.client import Client
from modules.demo.files import rows
from modules.demo.servers import fresh_database, leaving_well, serving
from modules.demo.story import LAST_MONTH, THIS_MONTH, Step

if TYPE_CHECKING:
    from core.host import Host

MONEY = re.compile(r"\d+\.\d\d")
WIDTH = 140
"""Characters of a line of variables."""


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


def tell_all(host: "Host", console: Console) -> None:
    """Tell the whole story on a database and servers of its own; both are gone afterwards.

    Raises:
        Stopped: a step failed, or there is no database to tell it on.
    """
    started = time.monotonic()
    with leaving_well(), fresh_database(host.settings) as database_url:
        console.print("Registers, products and accounts go into a database of its own ...", style="dim")
        last = asyncio.run(_prepare(host.on(database_url)))
        kept = {"today": last.date().isoformat(), "year": last.year, "month": last.month}
        teller = Teller(console, PASSWORD, kept, len(LAST_MONTH) + len(THIS_MONTH))
        try:
            console.print(f"The story begins on {kept['today']}, the last day of a month.\n", highlight=False)
            with serving(database_url, at=last) as address:
                teller.tell(LAST_MONTH, address)
            today = clock.now().astimezone(host.settings.timezone).date()
            console.print(f"The month is over; it is {today}.\n", highlight=False)
            with serving(database_url) as address:
                teller.tell(THIS_MONTH, address)
        except StepFailedError as error:
            if error.answer is not None:
                console.print(json.dumps(error.answer, indent=2, ensure_ascii=False), markup=False, soft_wrap=True)
            raise Stopped(f"Step {teller.told} of {teller.total} failed: {error}") from error
    seconds = time.monotonic() - started
    console.print(
        f"[bold green]All {teller.told} steps went as the story says[/], in {seconds:.0f} seconds.", highlight=False
    )


async def _prepare(host: "Host") -> datetime:
    """Load what the story needs. Returns the moment at which it begins: the evening before this month."""
    await bring_up_to_date(host)
    await host.start()
    try:
        async with host.db.session() as session:
            ctx = Context(host, SYSTEM, request_id="demo", _session=session)
            await loading.load_scheme(ctx)
            return judging.evening(ctx, judging.last_day_before(clock.today()))
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
        whole, cents = value.split(".")
        return f"{int(whole):,}.{cents}"
    return str(value)


def _people() -> Iterator[tuple[str, str]]:
    for row in rows("accounts"):
        yield row["username"], f"{row['other_names']} {row['last_name']}, {row['role'].replace('_', ' ').lower()}"
