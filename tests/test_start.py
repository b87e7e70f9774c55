"""What a server loads before it answers: nothing that only others need."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
UNNEEDED = (
    "alembic", "mako", "cryptography", "PIL", "procrastinate", "tomlkit", "rich", "pytest", "httpx", "hypothesis",
    "core.migrate", "core.worker", "core.testing",
)  # fmt: skip
PROGRAM = """
import gc, sys
from pathlib import Path
from core.commands import ALL
from core.host import Host
from core.http import create_app
from core.settings import load_settings

host = Host(load_settings(Path(), {}, mode="production", secret="s" * 40))
create_app(host)
print(len(host.schema.engine.schema.type_map), gc.isenabled(), *sys.modules)
"""


def test_a_server_loads_nothing_that_only_migrations_commands_and_tests_need() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)
    types, collecting, *loaded = done.stdout.split()
    assert int(types) > 300
    assert collecting == "True"
    assert sorted(set(UNNEEDED) & set(loaded)) == []
