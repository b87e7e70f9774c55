"""The list of modules in a `bima.toml`, written anew while everything else in it stays as it stands."""

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from core.host import Host
from core.settings import PREFIX, StartError

WIDTH = 100
"""The longest line of a list of modules that is written into `bima.toml`."""


def write_modules(path: Path, host: Host) -> None:
    """Write the host's list of modules into a `bima.toml`, leaving everything else in it as it stands, comments too.

    Raises:
        StartError: the file cannot be written, or the environment or an option sets the modules.
    """
    names = host.settings.modules
    if (source := host.settings.sources.get("modules", "")).startswith(PREFIX):
        raise StartError(f"{source} sets the modules. Set it to {','.join(names)} and run `bima migrate`.")
    target = path.resolve()
    try:
        written = target.read_text(encoding="utf-8") if target.exists() else ""
        unfinished = target.with_name(f".{target.name}.new")
        unfinished.write_text(_edited(written, names), encoding="utf-8")
        if target.exists():
            unfinished.chmod(target.stat().st_mode)
        unfinished.replace(target)
    except (OSError, TOMLKitError) as error:
        raise StartError(f"{path} cannot be written: {error}. Set in it: {_list(names)}") from error


def _edited(written: str, names: Sequence[str]) -> str:
    document = tomlkit.parse(written)
    listed = document.get("modules")
    if not isinstance(listed, Array):
        # After the profile, whose list it replaces; else before everything, for after a table it would be the table's.
        profile = re.search(r"^profile\s*=.*\n?", written, re.MULTILINE)
        at = profile.end() if profile else 0
        before = written[:at] if written[:at].endswith("\n") or not at else f"{written[:at]}\n"
        return f"{before}{_list(names)}\n{written[at:]}"
    for name in [str(name) for name in listed if name not in names]:
        listed.remove(name)
    for name in names:
        if name not in listed:
            listed.append(name)
    return document.as_string()


def _list(names: Sequence[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    line = f"modules = [{quoted}]"
    if len(line) <= WIDTH:
        return line
    lines = "\n".join(textwrap.wrap(f"{quoted},", WIDTH, initial_indent="    ", subsequent_indent="    "))
    return f"modules = [\n{lines}\n]"
