"""The settings: one typed object from a profile, `bima.toml` and `BIMA_*` variables, each beating the one before.

A profile is the TOML file of a kind of scheme: a title, the modules that it enables, and their settings. `bima.toml`
is the installation's own. Both hold the names below, and one table per module for what that module declares.
"""

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from core.errors import LANGUAGES

DEFAULT_PROFILE = "tanzania-chf"
DEVELOPMENT_SECRET = "only-for-development-and-never-in-production"
SHORTEST_SECRET = 32
PROFILES = Path(__file__).parent.parent / "profiles"
PREFIX = "BIMA_"
LISTS = ("modules", "read_only", "languages", "origins_allowed", "file_types")
"""Settings that a variable gives separated by commas."""


class StartError(Exception):
    """Bima cannot start as it is set up. The message says in one sentence what to change."""


def load_settings(directory: Path = Path(), environ: Mapping[str, str] = os.environ, **overrides: Any) -> "Settings":
    """The settings of the installation in a directory: where its `bima.toml` is, when it has one.

    `overrides` beat everything else, as options of a command do.

    Raises:
        StartError: a file cannot be read, a name is unknown, a value is wrong, or production lacks what it needs.
    """
    variables = _variables(environ)
    own = _read_toml(directory / "bima.toml") if (directory / "bima.toml").exists() else {}
    profile = str(overrides.get("profile") or variables.get("profile") or own.get("profile") or DEFAULT_PROFILE)
    layers = (
        (f"profile {profile}", _read_toml(_profile_path(profile, directory))),
        ("bima.toml", own),
        ("the BIMA_* variables", variables),
        ("the command line", overrides),
    )
    values: dict[str, Any] = {}
    tables: dict[str, dict[str, Any]] = {}
    sources: dict[str, str] = {}
    for origin, layer in layers:
        for name, value in layer.items():
            if isinstance(value, dict) and name not in NAMES:
                tables.setdefault(name, {}).update(value)
            else:
                _check_name(name, origin)
                values[name] = value
            sources[name] = f"{PREFIX}{name.upper()}" if layer is variables and name in NAMES else origin
    values["profile"] = profile
    try:
        return Settings(**values, tables=tables, sources=sources)
    except ValidationError as error:
        raise StartError(told(error, sources)) from None


class Settings(BaseModel):
    """What an installation decides. Every name is a key of `bima.toml` and, in capitals, a `BIMA_*` variable."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = "Bima"
    """What the scheme is called."""
    modules: tuple[str, ...] = ()
    """The modules to load; the host orders them by what they need."""
    read_only: tuple[str, ...] = ()
    """Modules whose mutations are left out of the schema: what they keep comes from elsewhere, by another module."""
    packages: dict[str, str] = Field(default_factory=dict)
    """Modules that do not come with Bima, and what pip installs for each: `savings = "bima-savings>=1,<2"`."""
    profile: str = ""
    """The profile these settings started from: a name in `profiles/` or a path to a TOML file."""
    mode: Literal["development", "production"] = "development"
    secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    """Signs access tokens and links; production needs one of its own, 32 characters or more."""
    database_url: str | None = None
    """`postgresql://...`; absent: a PostgreSQL of our own under `data_dir`."""
    application_role: str | None = None
    """The database role of servers and workers, when it is not the one that owns the tables: `bima migrate` lets it
    change rows, and nothing else."""
    data_dir: Path = Path(".bima")
    """Where files and the embedded PostgreSQL are kept."""
    pool_size: int = Field(default=10, ge=1)
    """Connections per process, for reading and for writing each."""
    prepare_statements: bool = True
    """Off behind a pooler that shares connections between transactions, such as pgbouncer before 1.21."""
    request_seconds: float = Field(default=30, gt=0)
    """How long one GraphQL request may take, in seconds."""
    body_bytes: int = Field(default=1_000_000, gt=0)
    """The largest body of a GraphQL request, in bytes; files have a limit of their own."""
    account_requests_per_minute: int = Field(default=1_200, ge=0)
    """How often an account may ask in a minute, on all its devices together, in each server process; 0: no limit."""
    device_requests_per_minute: int = Field(default=600, ge=0)
    """How often one device may ask in a minute; 0: no limit."""
    address_requests_per_minute: int = Field(default=6_000, ge=0)
    """How often one address may ask in a minute without being signed in; whole districts share one. 0: no limit."""
    statement_seconds: float = Field(default=20, gt=0)
    """How long one SQL statement of a request may take, in seconds."""
    lock_seconds: float = Field(default=10, gt=0)
    """How long it may wait for what somebody else is changing, in seconds."""
    introspection: bool | None = None
    """Whether the schema tells of itself: introspection, suggestions in errors, GraphiQL and `/schema.graphql`.

    Absent: in development only.
    """
    metrics_token: SecretStr | None = None
    """What Prometheus sends as `Authorization: Bearer`; absent: `/metrics` answers only callers on this machine."""
    traces_url: str = Field(default="", pattern="^(https?://\\S+)?$")
    """Where OpenTelemetry's traces go, such as `http://collector:4318/v1/traces`; needs the extra `telemetry`."""
    trusted_documents: Path | None = None
    """A file of the documents that may be sent, as `bima documents collect` writes it; absent: any may."""
    public_url: str = Field(default="", pattern="^(https?://[^?#]+[^?#/])?$")
    """Where clients reach the API, such as `https://bima.example.org`: links to files begin with it."""
    file_bytes: int = Field(default=5_000_000, gt=0)
    """The largest file that may be sent, in bytes."""
    file_types: tuple[Literal["image/jpeg", "image/png", "image/webp", "application/pdf"], ...] = (
        "image/jpeg",
        "image/png",
        "image/webp",
        "application/pdf",
    )
    """The types of files that may be sent; what a file is, is found in its bytes."""
    file_pixels: int = Field(default=25_000_000, gt=0)
    """The most pixels of a picture that may be sent: decoding one takes four bytes for each."""
    file_seconds: float = Field(default=120, gt=0)
    """How long sending one file may take, in seconds."""
    files_waiting_bytes: int = Field(default=200_000_000, gt=0)
    """How much of what an account sent may wait to be used at a time, in bytes."""
    origins_allowed: tuple[str, ...] = ()
    """Web origins whose pages may call the API, such as `https://app.example.org`."""
    timezone: ZoneInfo = ZoneInfo("UTC")
    """Where days begin and end."""
    languages: tuple[str, ...] = LANGUAGES
    """What users may be answered in, the scheme's own language first."""
    currency: str = "TZS"
    """The ISO 4217 code of every amount."""
    tables: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """The settings of the modules, by module; the host checks them against what the modules declare."""
    sources: dict[str, str] = Field(default_factory=dict)
    """Where each name was set, for messages and `bima doctor`."""

    @property
    def explained(self) -> bool:
        """Whether the schema tells of itself."""
        return self.mode == "development" if self.introspection is None else self.introspection

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("Bima runs on PostgreSQL only: begin it with postgresql://")
        return url and url.replace("postgres://", "postgresql://", 1)

    @field_validator("currency")
    @classmethod
    def _is_iso_4217(cls, currency: str) -> str:
        if not re.fullmatch("[A-Z]{3}", currency):
            raise ValueError(f'"{currency}" is no ISO 4217 code: write three capital letters, such as TZS')
        return currency

    @field_validator("languages")
    @classmethod
    def _are_ours(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        for language in languages:
            if language not in LANGUAGES:
                raise ValueError(f'there are no messages in "{language}"{suggestion(language, LANGUAGES)}')
        if not languages:
            raise ValueError("name one language at least")
        return languages

    @model_validator(mode="after")
    def _production_has_its_own_secret(self) -> Self:
        secret = self.secret.get_secret_value()
        if self.mode == "production" and (secret == DEVELOPMENT_SECRET or len(secret) < SHORTEST_SECRET):
            raise ValueError(
                f"production needs a secret of its own: set BIMA_SECRET to {SHORTEST_SECRET} or more random characters"
            )
        return self


NAMES = tuple(name for name in Settings.model_fields if name not in ("tables", "sources"))


WANTED = {
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "dict_type": "write a table",
    "int_from_float": "write a whole number",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "string_type": 'write text in quotes, such as "TZS"',
    "tuple_type": 'write a list, such as ["en", "sw"]',
    "zoneinfo_str": "there is no such time zone; name one such as Africa/Dar_es_Salaam",
}
"""What to write instead, by pydantic's kind of error; its own sentence where none is here."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that refuses a name: what may have been meant, or what there is."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; there is {', '.join(names)}." if names else "."


def told(error: ValidationError, sources: Mapping[str, str], prefix: str = "") -> str:
    """The first thing that is wrong with a set of values, in one sentence that names where it was set."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    reason = WANTED.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    sentence = reason if reason.endswith((".", "?")) else f"{reason}."
    if not name:
        return f"{sentence[0].upper()}{sentence[1:]}"
    origin = sources.get(str(first["loc"][0]), "the settings")
    subject = origin if origin.startswith(PREFIX) else f"{prefix}{name} in {origin}"
    return f"{subject} is wrong: {sentence}"


def _profile_path(profile: str, directory: Path) -> Path:
    if profile.endswith(".toml"):
        return directory / profile
    for folder in (directory / "profiles", PROFILES):
        if (path := folder / f"{profile}.toml").exists():
            return path
    known = sorted(path.stem for path in PROFILES.glob("*.toml"))
    raise StartError(f'There is no profile "{profile}"{suggestion(profile, known)}')


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StartError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError(f"{path} is not valid TOML: {error}.") from error


def _variables(environ: Mapping[str, str]) -> dict[str, Any]:
    """`BIMA_POOL_SIZE=5` sets `pool_size`; `BIMA_POLICY__BACKDATING_DAYS=60` sets `backdating_days` of `policy`."""
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX):
            continue
        name, _, setting = variable.removeprefix(PREFIX).lower().partition("__")
        if setting:
            values.setdefault(name, {})[setting] = _parsed(variable, text)
        elif name in LISTS:
            values[name] = [part.strip() for part in text.split(",") if part.strip()]
        elif name in NAMES:
            values[name] = text
        else:
            known = suggestion(variable, [f"{PREFIX}{name.upper()}" for name in NAMES])
            raise StartError(f"{variable} is no setting{known}")
    return values


def _parsed(variable: str, text: str) -> Any:
    """A module's setting is text, which its declared type reads, or JSON when it is a list or an object."""
    if not text.startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise StartError(f"{variable} is not valid JSON: {error}.") from error


def _check_name(name: str, origin: str) -> None:
    if name not in NAMES:
        raise StartError(f'"{name}" in {origin} is no setting{suggestion(name, NAMES)}')
