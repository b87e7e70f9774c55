"""Making a module of one's own: a package of one table, which works and passes its tests before a line is changed.

The package is `core/skeleton`, real code that is checked with the rest, with another name in place of `sample`.
"""

import re
from pathlib import Path

from core.loading import available
from core.settings import StartError
from schema.names import camel_case

SKELETON = Path(__file__).parent / "skeleton"
WORD = "sample"
KINDS = (".graphql", ".md", ".py", ".toml", ".typed")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 30
"""Letters of a name: the names of tables and constraints begin with it, and PostgreSQL cuts those at 63."""


def new_module(name: str, parent: Path) -> Path:
    """Write the package of a module into a folder of its name, with dashes, below `parent`; the path of that folder.

    Raises:
        StartError: the name cannot be one, another module has it, or the folder is there already.
    """
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise StartError(
            f'"{name}" cannot be the name of a module: use up to {LONGEST} small letters, digits and underscores, '
            "such as voucher or national_id."
        )
    if name in available() or name == "core":
        raise StartError(f'There is a module "{name}" already: choose another name.')
    folder = parent / f"bima-{name.replace('_', '-')}"
    if folder.exists():
        raise StartError(f"{folder} is there already: choose another name or --path.")
    for source in sorted(SKELETON.rglob("*")):
        if source.suffix in KINDS:
            target = folder / renamed(str(source.relative_to(SKELETON)), name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(renamed(source.read_text(encoding="utf-8"), name), encoding="utf-8")
    return folder


def renamed(text: str, name: str) -> str:
    """The text with a module's name in place of the skeleton's, in each way that names are written."""
    camel = camel_case(name)
    pascal = camel[0].upper() + camel[1:]
    title = name.replace("_", " ").capitalize()
    ways = {
        rf'title="{WORD.capitalize()}"': f'title="{title}"',
        rf"(?m)^# {WORD.capitalize()}$": f"# {title}",
        rf'"""{WORD.capitalize()}:': f'"""{title}:',
        rf"bima-{WORD}": f"bima-{name.replace('_', '-')}",
        rf"\b{WORD}(?=[A-Z])": camel,
        WORD.capitalize(): pascal,
        WORD.upper(): name.upper(),
        WORD: name,
    }
    for pattern, replacement in ways.items():
        text = re.sub(pattern, replacement, text)
    return text
