"""Packages from outside this repository, offered to a process of their own as if pip had installed them."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def offer(package: Path, site: Path) -> None:
    """Write into a folder on the import path what pip would write there of a package's entry points."""
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = project.get("entry-points", {}).items()
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in named.items()) for group, named in groups
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))


def run(package: Path, site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a package's folder, with it and Bima on the import path."""
    path = os.pathsep.join(map(str, (package, site, ROOT)))
    environment = {**os.environ, "PYTHONPATH": path, "MYPYPATH": path}
    for name in [name for name in environment if name.startswith(("PYTEST_", "BIMA_"))]:
        del environment[name]
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=package, env=environment, capture_output=True, text=True, check=False)
