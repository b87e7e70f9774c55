"""A pytest plug-in for module authors: a host, a database of its own for every test, and the API.

Switched on by `-p core.testing`. A test gets a fresh copy of a migrated database through `session` (to write rows),
`api` (to ask GraphQL as somebody), `change` (to send a mutation its input), `http` (to send any request as somebody),
`host` or `database_url`; `cli` runs `bima` on it. The copies are made by PostgreSQL from a template that is migrated
once per profile and version of the code, on a server that stays between runs.

`check_scope(host, session)` tries who sees and changes what: every type, every way of reaching it, every kind of
account (see `core.matrix`).

The profile is `tanzania-chf`; `--profile` or `@pytest.mark.profile("minimal")` names another, or a path to one.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol
from unittest.mock import patch
from urllib.parse import quote
from uuid import UUID

import orjson
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from core.asking import filled, shows_nothing
from core.context import ANONYMOUS, SYSTEM, Actor, Context
from core.db import new_id
from core.examples import FILE, examples
from core.hooks import hook
from core.host import Host
from core.matrix import Corner as Corner
from core.matrix import check_scope as check_scope
from core.postgres import THROWAWAY, Postgres
from core.prepared import Prepared
from core.settings import DEFAULT_PROFILE, PREFIX, load_settings
from core.templates import Templates
from schema.execute import execute

if TYPE_CHECKING:
    from click.testing import Result
    from httpx import AsyncClient

_current: list[Host] = []
"""The host of the test under way. No context variable: async fixtures that outlive a test keep their first context."""


def actor(*roles: str, rights: tuple[str, ...] = (), unbounded: bool | None = None, **scopes: list[UUID]) -> Actor:
    """Somebody who holds the rights that the enabled modules give these standard roles, and `rights` by their names.

    Sees every row unless scopes are given, such as `district=[id]`; `unbounded=False` without any sees none.
    """
    held = {right.name for right in _current[-1].rights if set(right.roles) & set(roles)}
    return Actor(
        id=new_id(),
        name=" ".join(roles).lower() or "somebody",
        rights=frozenset(held | set(rights)),
        scopes={name: tuple(ids) for name, ids in scopes.items()},
        unbounded=not scopes if unbounded is None else unbounded,
    )


@dataclass(frozen=True)
class Reply:
    """What the API answered.

    `statements` counts the SQL statements of the whole operation: those of compiled fields and those of services.
    """

    data: Any
    errors: list[dict[str, Any]]
    statements: int
    body: bytes


class Api(Protocol):
    """Asks the API: `await api("{ me { username } }", actor=actor("CLERK"))`; nobody is signed in without an actor."""

    async def __call__(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        actor: Actor = ANONYMOUS,
        language: str = "en",
        operation_name: str | None = None,
    ) -> Reply:
        """The answer; variables may hold UUIDs, dates and decimals, which go out as text."""


class Payload(dict[str, Any]):
    """What a mutation answered, by the names of its fields.

    `told` is what the user can mend: each error's code, and the path of the input with dots. `statements` counts as in
    `Reply`.
    """

    def __init__(self, fields: Mapping[str, Any], statements: int) -> None:
        super().__init__(fields)
        self.told = [(error["code"], ".".join(error["path"])) for error in self["errors"]]
        self.statements = statements


class Change(Protocol):
    """Sends a mutation its input: `await change("endPolicy", "policy { status }", who=clerk, id=policy.id)`."""

    async def __call__(self, mutation: str, fields: str = "", *, who: Actor = ANONYMOUS, **input: Any) -> Payload:
        """The payload: the fields asked for, and the errors. A request that GraphQL itself refuses fails the test."""


POOLER_PORT = 6432
"""Where a pooler listens unless it is told otherwise; part of its socket's name."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options that name a profile, and a pooler."""
    group = parser.getgroup("bima")
    group.addoption("--profile", default=DEFAULT_PROFILE, help="the profile whose modules are loaded")
    group.addoption("--pooler", help="the directory of a pooler's socket: databases are reached through it")


def pytest_configure(config: pytest.Config) -> None:
    """The marker that names a profile."""
    config.addinivalue_line("markers", "profile(name): load the modules of this profile, by its name or path")


@pytest.fixture(scope="session")
def _templates() -> Iterator[Templates]:
    """The server that all test processes of this user share, and the migrated databases on it."""
    server = Postgres(Path(tempfile.gettempdir()) / f"bima-tests-{os.geteuid()}", THROWAWAY)
    with Templates(server) as templates:
        yield templates
    server.release()


@pytest.fixture(scope="session")
def _hosts() -> dict[str, Host]:
    """The hosts loaded so far, by profile: each composes its schema once."""
    return {}


@pytest.fixture
def _loaded(request: pytest.FixtureRequest, _hosts: dict[str, Host], tmp_path_factory: pytest.TempPathFactory) -> Host:
    """The host of the test's profile, without a database."""
    marker = request.node.get_closest_marker("profile")
    profile = str(marker.args[0] if marker else request.config.getoption("--profile"))
    if profile not in _hosts:
        data = tmp_path_factory.mktemp("data")
        pooled = {"prepare_statements": False} if request.config.getoption("--pooler") else {}
        _hosts[profile] = Host(load_settings(request.config.rootpath, {}, profile=profile, data_dir=data, **pooled))
    _current[:] = [_hosts[profile]]
    return _hosts[profile]


@pytest.fixture
def database_url(_loaded: Host, _templates: Templates, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a migrated database that is this test's alone."""
    pooler = request.config.getoption("--pooler")
    with _templates.copy(_loaded) as url:
        yield url if pooler is None else f"{url.partition('?')[0]}?host={quote(pooler, safe='')}&port={POOLER_PORT}"


@pytest.fixture
def empty_database_url(_templates: Templates) -> Iterator[str]:
    """The address of a database without any table that is this test's alone."""
    with _templates.empty() as url:
        yield url


@pytest.fixture
async def host(_loaded: Host, database_url: str) -> AsyncIterator[Host]:
    """A started host on the test's database."""
    host = _loaded.on(database_url)
    await host.start()
    yield host
    await host.stop()


@pytest.fixture
async def session(host: Host) -> AsyncIterator[AsyncSession]:
    """A session on the test's database. Commit what the API shall see."""
    async with AsyncSession(host.db.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def ctx(host: Host, session: AsyncSession) -> Context:
    """The context of a service under test: Bima itself, in the test's session."""
    return Context(host, SYSTEM, request_id="test", _session=session)


@pytest.fixture(name="actor")
def _actor(_loaded: Host) -> Callable[..., Actor]:
    """`actor` as a fixture, for tests that would rather not import it."""
    return actor


def api_of(host: Host) -> Api:
    """The API of a started host, for tests that have more than one."""

    async def ask(
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        actor: Actor = ANONYMOUS,
        language: str = "en",
        operation_name: str | None = None,
    ) -> Reply:
        ctx = Context(host, actor, language, request_id=str(new_id()))
        sent = orjson.loads(orjson.dumps(variables or {}, default=str))
        with counted(host) as written:
            answer = await execute(host.schema, query, sent, operation_name, ctx)
        told = orjson.loads(answer.body)
        return Reply(told.get("data"), told.get("errors", []), answer.statements + len(written), answer.body)

    return ask


@pytest.fixture
def api(host: Host) -> Api:
    """The API on the test's database."""
    return api_of(host)


def change_of(host: Host) -> Change:
    """What sends mutations to a started host, for tests that have more than one."""
    api = api_of(host)

    async def change(mutation: str, fields: str = "", *, who: Actor = ANONYMOUS, **input: Any) -> Payload:
        root = host.schema._schema.mutation_type
        assert root is not None, "No module has mutations."
        assert mutation in root.fields, f"There is no mutation {mutation}."
        document = (
            f"mutation($input: {root.fields[mutation].args['input'].type}) {{ {mutation}(input: $input) "
            f"{{ {fields} errors {{ code path message }} }} }}"
        )
        reply = await api(document, {"input": input}, actor=who)
        assert reply.errors == []
        return Payload(reply.data[mutation], reply.statements)

    return change


@pytest.fixture
def change(host: Host) -> Change:
    """Sends mutations to the API on the test's database."""
    return change_of(host)


async def ask_examples(api: Api, module: ModuleType, **given: Any) -> dict[str, Any]:
    """Ask the examples of a module from outside in their order, each as the standard role that its `as` names.

    `given`: what places such as `{{woman}}` mean that name no earlier answer. Each must answer without an error, and
    with something. Returns the answers by the examples' names.
    """
    answers: dict[str, Any] = dict(given)
    for example in examples(Path(str(module.__file__)).parent / FILE):
        reply = await api(example.document, filled(example.variables, answers), actor=actor(example.who))
        assert reply.errors == [], f"{example.name}: {reply.errors}"
        answer = reply.data[example.field]
        errors = answer.get("errors") if isinstance(answer, dict) else None
        assert not errors, f"{example.name}: {errors}"
        assert not shows_nothing(answer), f"{example.name} shows nothing: {answer}"
        answers[example.name] = answer
    return answers


class Doorkeeper:
    """Knows the actors of a test by the access tokens that it gave them."""

    def __init__(self) -> None:
        self.known: dict[str, Actor] = {}

    def token_of(self, actor: Actor) -> str:
        """An access token of the actor."""
        self.known[str(actor.id)] = actor
        return str(actor.id)

    @hook
    async def authenticate(self, token: str) -> Actor | None:
        return self.known.get(token)


@pytest.fixture
async def http(host: Host) -> AsyncIterator["Callable[[Actor], AsyncClient]"]:
    """The application on the test's database: `await http(actor("CLERK")).post("/files", content=picture)`."""
    from httpx import ASGITransport, AsyncClient

    from core.http import create_app

    app = create_app(host)
    app.state.readiness.missing = ""
    doorkeeper = Doorkeeper()
    host.plugins.register(doorkeeper)

    def client(actor: Actor = ANONYMOUS) -> AsyncClient:
        headers = {} if actor is ANONYMOUS else {"authorization": f"Bearer {doorkeeper.token_of(actor)}"}
        return AsyncClient(transport=ASGITransport(app), base_url="http://bima", headers=headers)

    yield client
    host.plugins.unregister(doorkeeper)


@contextmanager
def counted(host: Host) -> Iterator[list[str]]:
    """The statements that services send while the block runs, by sessions and prepared ones."""
    statements: list[str] = []
    rows = Prepared._rows

    def noted(self: Prepared, result: Any) -> Any:
        statements.append(self.sql.decode())
        return rows(self, result)

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    engines = [engine.sync_engine for engine in (host.db.engine, host.db.engine_beside)]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        with patch.object(Prepared, "_rows", noted):
            yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def cli(_loaded: Host, database_url: str, tmp_path: Path) -> Callable[..., "Result"]:
    """Runs `bima` on the test's database: `cli("user", "create", "asha").output`."""
    from click.testing import CliRunner

    from core.cli import command_line

    settings = {"DATABASE_URL": database_url, "DATA_DIR": str(tmp_path), "PROFILE": _loaded.settings.profile}
    if not _loaded.settings.prepare_statements:
        settings["PREPARE_STATEMENTS"] = "false"

    def run(*arguments: str, input: str | None = None) -> "Result":
        environment: dict[str, str | None] = {name: None for name in os.environ if name.startswith(PREFIX)}
        environment |= {f"{PREFIX}{name}": value for name, value in settings.items()}
        return CliRunner(env=environment).invoke(command_line(), arguments, input=input)

    return run
