"""The page of hooks in the documentation, made from the specs."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from core import hooks
from core.hooks import implementations

if TYPE_CHECKING:
    from core.host import Host

HEAD = """# The hooks

Made by `bima hooks > docs/hooks.md`. A module implements a hook with `@hook` in its `__init__.py`, taking any of the
arguments it needs. Hooks of modules that may be absent are implemented with `@hook(optionalhook=True)`.

Below each hook stands where it is asked, and which modules of the profile implement it, to learn from. `examples/` and
the tests implement the others.
"""
HERE = Path(__file__).parent


def hook_page(host: "Host") -> str:
    """Every hook of the host and of its modules, in Markdown: the signature, and what the spec says of it."""
    lines = [HEAD, *_section(host, "The host", hooks)]
    for module in host.modules:
        specs = getattr(module.package, "hookspecs", None)
        if specs is not None:
            lines.extend(_section(host, f"Module {module.name}", specs()))
    return "\n".join(lines).rstrip() + "\n"


def asked_in(host: "Host", name: str) -> list[str]:
    """The files of the host and its modules that ask a hook."""
    calls = rf"""\b(?:every|first|implementations|_collected|_named)\(.{{0,60}}?"{name}\""""
    asks = re.compile(rf"""{calls}|\bhook\.{name}\b|name == "{name}\"""", re.DOTALL)
    folders = {module.folder: module.folder.parents[1] for module in host.modules if module.folder != HERE}
    return [
        path.relative_to(root).as_posix()
        for folder, root in {HERE: HERE.parent, **folders}.items()
        for path in sorted(folder.rglob("*.py"))
        if path.name not in ("hooks.py", "hook_page.py") and asks.search(path.read_text(encoding="utf-8"))
    ]


def _section(host: "Host", title: str, file: ModuleType) -> Iterator[str]:
    yield f"## {title}\n"
    for name, function in vars(file).items():
        options = getattr(function, "bima_spec", None)
        if options is None:
            continue
        signature = str(inspect.signature(function)).replace("'", "")
        word = "async def" if inspect.iscoroutinefunction(function) else "def"
        yield f"### `{name}`\n"
        yield f"```python\n@hook\n{word} {name}{signature}: ...\n```\n"
        yield inspect.cleandoc(function.__doc__ or "") + "\n"
        if options["firstresult"]:
            yield "The first answer that is not None wins; modules that come later in the order are asked first.\n"
        by = ", ".join(each.module for each in implementations(host, name) if each.module != "core")
        files = ", ".join(f"`{path}`" for path in asked_in(host, name))
        yield f"Asked in {files}. {f'Implemented by {by}.' if by else 'No module of this profile implements it.'}\n"
