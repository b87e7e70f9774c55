"""Does what docs/write-a-module.md says, step by step: writes its files and runs its commands, each in a fork.

A fork starts with Bima imported, so that a step costs the time of what it does. Run as
`python tests/tutorial.py PAGE FOLDER SITE DATABASE_URL`; prints what was done as JSON, one line for each command.
"""

import ast
import importlib
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

IMPORTS = (ast.Import, ast.ImportFrom)
STEP = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
BLOCK = re.compile(r"(?:^`([\w./]+)`(, more)?\n)?^```(\w+)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class File:
    """A file as it is from now on, or what comes to it."""

    path: str
    more: bool
    text: str


@dataclass(frozen=True)
class Command:
    """A command, and lines of its answer."""

    line: str
    answer: tuple[str, ...]


def steps(page: str) -> Iterator[tuple[str, list[File | Command]]]:
    """The steps of the page, with what each says to do, in order."""
    found = list(STEP.finditer(page))
    for at, step in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(page)
        yield f"{step[1]}. {step[2]}", list(_doings(page[step.end() : end]))


def _doings(text: str) -> Iterator[File | Command]:
    for path, more, language, body in BLOCK.findall(text):
        if path:
            yield File(path, bool(more), body + "\n")
        elif language == "console":
            for command in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                line, *answer = command.strip().splitlines()
                yield Command(line, tuple(answer))


def merged(before: str, more: str) -> str:
    """A file with more: a definition takes the place of that of its name, the rest is added, imports go to the top."""
    old, new = ast.parse(before).body, ast.parse(more).body
    fresh = {name: _source(more, node) for node in new if (name := _name(node))}
    lines = before.splitlines(keepends=True)
    for node in reversed(old):
        if (name := _name(node)) in fresh:
            lines[_first(node) - 1 : node.end_lineno] = [fresh.pop(name)]
    imports = "".join(_source(more, node) for node in new if isinstance(node, IMPORTS))
    last = max((node.end_lineno or 0 for node in old if isinstance(node, IMPORTS)), default=1)
    return "".join([*lines[:last], imports, *lines[last:], *(f"\n\n{text}" for text in fresh.values())])


def _source(text: str, node: ast.stmt) -> str:
    return "".join(text.splitlines(keepends=True)[_first(node) - 1 : node.end_lineno])


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def write(folder: Path, file: File) -> None:
    """Write a file of the page."""
    target = folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(merged(target.read_text(encoding="utf-8"), file.text) if file.more else file.text)


def run(command: str, folder: Path, site: Path) -> tuple[int, str]:
    """Run a command of the page in a fork; its exit code and what it told."""
    from tests.outside import offer

    if command == "pip install -e .":
        # What an editable install leaves behind; a real one runs in `make audit`.
        offer(folder, site)
        return 0, ""
    output = folder / ".output"
    child = os.fork()
    if child == 0:
        with output.open("w") as told:
            os.dup2(told.fileno(), 1)
            os.dup2(told.fileno(), 2)
        os._exit(_done(command))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), output.read_text(encoding="utf-8", errors="replace")


def _done(command: str) -> int:
    import shlex

    import pytest

    from core.cli import main

    program, *arguments = shlex.split(command)
    importlib.invalidate_caches()
    sys.argv = [program, *arguments]
    try:
        if program == "pytest":
            return int(pytest.main([*arguments, "-p", "no:cacheprovider"]))
        assert program == "bima", f"the page runs {program}"
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def main() -> None:
    """Do the page."""
    page, folder, site = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    os.environ["BIMA_DATABASE_URL"] = sys.argv[4]
    os.chdir(folder)
    sys.path[:0] = [str(folder), str(site)]
    for name in (
        "core.commands",
        "core.host",
        "core.http",
        "core.migrate",
        "core.testing",
        "modules.insuree",
        "pytest",
    ):
        importlib.import_module(name)
    for title, doings in steps(page.read_text(encoding="utf-8")):
        for doing in doings:
            if isinstance(doing, File):
                write(folder, doing)
                continue
            code, told = run(doing.line, folder, site)
            did = {"step": title, "command": doing.line, "code": code, "told": told}
            sys.stdout.write(f"{json.dumps(did)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
