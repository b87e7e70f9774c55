"""Modules that the tests of the host write."""

BELL = """
from tiny_bell import bell_hooks

@hook
def hookspecs():
    return bell_hooks
"""
SETTINGS = """
from pydantic import Field

class Settings(ModuleSettings):
    backdating_days: int = Field(30, ge=0)

@hook
def settings(): return Settings
"""
FIELD = """
@query(right={right})
async def {field}(ctx: Context) -> str:
    "A word."
    return "word"

@hook
def graphql(): return [extend(Query, {field})]
"""
