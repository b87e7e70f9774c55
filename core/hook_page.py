"""The page of hooks in the documentation, made from the specs."""

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from core import hooks

if TYPE_CHECKING:
    from core.host import Host

HEAD = """# The hooks

Made by `bima hooks > docs/hooks.md`. A module implements a hook with `@hook` in its `__init__.py`, taking any of the
arguments it needs. Hooks of modules that may be absent are implemented with `@hook(optionalhook=True)`.
"""


def hook_page(host: "Host") -> str:
    """Every hook of the host and of its modules, in Markdown: the signature, and what the spec says of it."""
    lines = [HEAD, *_section("The host", hooks)]
    for module in host.modules:
        specs = getattr(module.package, "hookspecs", None)
        if specs is not None:
            lines.extend(_section(f"Module {module.name}", specs()))
    return "\n".join(lines).rstrip() + "\n"


def _section(title: str, file: ModuleType) -> Iterator[str]:
    yield f"## {title}\n"
    for name, function in vars(file).items():
        options = getattr(function, "bima_spec", None)
        if options is None:
            continue
        signature = str(inspect.signature(function)).replace("'", "")
        word = "async def" if inspect.iscoroutinefunction(function) else "def"
        yield f"### `{name}`\n"
        yield f"```python\n{word} {name}{signature}\n```\n"
        yield inspect.cleandoc(function.__doc__ or "") + "\n"
        if options["firstresult"]:
            yield "The first answer that is not None wins; modules that come later in the order are asked first.\n"
