"""What the doctor sees without the database: the settings, the schema, the secret, the files."""

import os
import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.documents import problems, read_manifest
from core.files.storage import FolderStorage
from core.finding import FINE, ODD, WRONG, Finding
from core.settings import DEVELOPMENT_SECRET, SHORTEST_SECRET, Settings, StartError

if TYPE_CHECKING:
    from core.host import Host

LIBRARIES = ("strawberry-graphql", "SQLAlchemy", "psycopg", "procrastinate")
BEFORE_PUBLIC = "Set BIMA_MODE=production and a BIMA_SECRET before going public."
RANDOM = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
FEWEST_SIGNS = 10
"""Different characters below which a secret was typed rather than drawn."""
LITTLE, TOO_LITTLE = 2_000_000_000, 200_000_000
"""Bytes left on the disk of the files that are little, and too little to go on."""


def examine_set_up(host: "Host") -> Iterator[Finding]:
    """What there is to say of the set-up."""
    settings = host.settings
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    yield Finding("bima", FINE, f"{host.modules[0].manifest.version} on Python {platform.python_version()}")
    yield Finding("libraries", FINE, libraries)
    yield Finding("modules", FINE, ", ".join(f"{each.name} {each.manifest.version}" for each in host.modules))
    yield _settings(host)
    yield _mode(settings)
    yield _secret(settings)
    if settings.database_url is None and settings.mode == "production":
        yield Finding(
            "database", ODD, "the embedded PostgreSQL", "Set BIMA_DATABASE_URL to a server that is backed up."
        )
    yield from _files(host)
    yield from _schema(host)
    if settings.traces_url:
        there = find_spec("opentelemetry") and find_spec("opentelemetry.exporter")
        yield (
            Finding("traces", FINE, f"sent to {urlsplit(settings.traces_url).hostname}")
            if there
            else Finding("traces", WRONG, "OpenTelemetry is not installed", "pip install 'bima[telemetry]'")
        )


def _settings(host: "Host") -> Finding:
    settings = host.settings
    on = {module.name for module in host.modules}
    idle = [f"{name} ({settings.sources.get(name, 'the settings')})" for name in settings.tables if name not in on]
    if idle:
        names = " ".join(name for name in settings.tables if name not in on)
        advice = f"bima module enable {names}, or remove its settings."
        return Finding("settings", ODD, f"of modules that are off: {', '.join(idle)}", advice)
    return Finding("settings", FINE, f"profile {settings.profile}, {settings.timezone}, {settings.currency}")


def _mode(settings: Settings) -> Finding:
    if settings.mode == "production":
        return Finding("mode", FINE, settings.mode)
    public = [url for url in (settings.public_url, *settings.origins_allowed) if is_public(url)]
    if public:
        return Finding("mode", WRONG, f"development, but reached at {', '.join(public)}", BEFORE_PUBLIC)
    return Finding("mode", FINE, settings.mode, BEFORE_PUBLIC)


def is_public(url: str) -> bool:
    """Whether a URL names a machine that others reach: neither this one nor one of a private network."""
    name = urlsplit(url).hostname or ""
    try:
        return ip_address(name).is_global
    except ValueError:
        return "." in name and not name.endswith((".localhost", ".local", ".test", ".internal"))


def _secret(settings: Settings) -> Finding:
    secret = settings.secret.get_secret_value()
    if secret == DEVELOPMENT_SECRET:  # production refuses it
        return Finding("secret", FINE, "the one of development")
    if len(secret) < SHORTEST_SECRET:
        found = f"has {len(secret)} characters; production needs {SHORTEST_SECRET} or more"
        return Finding("secret", ODD, found, f"Set BIMA_SECRET to what this prints: {RANDOM}")
    if len(set(secret)) < FEWEST_SIGNS:
        return Finding("secret", ODD, "can be guessed", f"Set BIMA_SECRET to what this prints: {RANDOM}")
    return Finding("secret", FINE, "its own")


def _files(host: "Host") -> Iterator[Finding]:
    storage = host.files
    if not isinstance(storage, FolderStorage):
        yield Finding("files", FINE, f"kept by {type(storage).__name__}")
        return
    folder = Path(storage.folder).absolute()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding("files", WRONG, f"{there} cannot be written", "Let Bima's user write it, or set BIMA_DATA_DIR.")
        return
    free = shutil.disk_usage(there).free
    told = f"{free / 1e9:.1f} GB free in {folder}"
    level = WRONG if free < TOO_LITTLE else ODD if free < LITTLE else FINE
    yield Finding("files", level, told, "" if level == FINE else "Make room, or set BIMA_DATA_DIR to a larger disk.")


def _schema(host: "Host") -> Iterator[Finding]:
    try:
        types = len(host.schema.sdl().split("\ntype ")) - 1
    except StartError as error:
        yield Finding("schema", WRONG, str(error))
        return
    yield Finding("schema", FINE, f"{types} types")
    if (path := host.settings.trusted_documents) is None:
        return
    try:
        documents = read_manifest(path)
    except StartError as error:
        yield Finding("trusted documents", WRONG, str(error), "bima documents collect")
        return
    if refused := problems(host.schema, documents):
        found = f"{len(refused)} of {len(documents)} would be refused"
        yield Finding("trusted documents", WRONG, found, f"bima documents check {path}")
    else:
        yield Finding("trusted documents", FINE, f"{len(documents)}")
