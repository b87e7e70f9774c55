"""PostGraphile 5, installed by npm for the benchmark alone, under `.bima/benchmarks`."""

import shutil
import subprocess
from collections.abc import Sequence

import orjson

from benchmarks.frame import ROOT

FOLDER = ROOT / ".bima" / "benchmarks" / "postgraphile"
PACKAGES = {
    "node": "22.23.3",
    "postgraphile": "5.1.5",
    "postgraphile-plugin-connection-filter": "3",
    "@graphile/simplify-inflection": "8",
}
"""It needs Node 22 or newer, which the package `node` brings."""
PRESET = """
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";

export default {
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  disablePlugins: ["PgIndexBehaviorsPlugin"], // it would offer no filter by `ended_at`
  grafserv: { graphiql: false, watch: false },
  grafast: { explain: false },
  schema: { connectionFilterRelations: false },
};
"""


def command(url: str, port: int) -> Sequence[str]:
    """The command that serves a database; PostGraphile is installed first where it is not there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    manifest = orjson.dumps({"private": True, "type": "module", "dependencies": PACKAGES})
    if not (FOLDER / "package.json").exists() or (FOLDER / "package.json").read_bytes() != manifest:
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("PostGraphile needs npm. Install it, or leave PostGraphile out with --only-python.")
        (FOLDER / "package.json").write_bytes(manifest)
        subprocess.run([npm, "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=FOLDER, check=True)
    (FOLDER / "graphile.config.mjs").write_text(PRESET)
    modules = FOLDER / "node_modules"
    return [
        str(modules / ".bin" / "node"),
        str(modules / "postgraphile" / "dist" / "cli-run.js"),
        "--config", str(FOLDER / "graphile.config.mjs"),
        "--connection", url,
        "--schema", "public",
        "--host", "127.0.0.1",
        "--port", str(port),
    ]  # fmt: skip
