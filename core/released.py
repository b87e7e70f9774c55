"""What a change of the schema breaks for clients that were written against the last release.

`make release-sdl` keeps the SDL of each profile at a release in `schema/sdl/released/`. From then on `make test`
compares: additions are free; what was deprecated in the release may go; anything else that breaks a client is refused,
unless a line of `accepted.txt` there says that it is meant.
"""

from functools import cache
from pathlib import Path

from graphql import GraphQLObjectType, build_schema
from graphql.utilities import BreakingChange, BreakingChangeType, find_breaking_changes

RELEASED = Path(__file__).parent.parent / "schema" / "sdl" / "released"
ACCEPTED = "accepted.txt"


@cache
def breaking(released: str, now: str) -> tuple[str, ...]:
    """What of an SDL breaks clients of the released one, a sentence for each; fields that were deprecated may go."""
    if released.rstrip() == now.rstrip():
        return ()
    before = build_schema(released)
    deprecated = {
        f"Field {name}.{field} was removed."
        for name, type_ in before.type_map.items()
        if isinstance(type_, GraphQLObjectType)
        for field, declared in type_.fields.items()
        if declared.deprecation_reason is not None
    }

    def allowed(change: BreakingChange) -> bool:
        return change.type is BreakingChangeType.FIELD_REMOVED and change.description in deprecated

    found = find_breaking_changes(before, build_schema(now))
    return tuple(sorted({change.description for change in found if not allowed(change)}))


def refused(profile: str, now: str, folder: Path = RELEASED) -> str:
    """Why the schema of a profile may not be released as it is, and what to do; empty when it may.

    Before the first release there is nothing to break.
    """
    path = folder / f"{profile}.graphql"
    if not path.exists():
        return ""
    accepted = accepted_changes(folder)
    found = [change for change in breaking(path.read_text(encoding="utf-8"), now) if change not in accepted]
    if not found:
        return ""
    changes = "\n".join(f"  {change}" for change in found)
    return (
        f"The schema of {profile} breaks clients of the last release:\n{changes}\n"
        "Keep the old beside the new and mark it: deprecated(since, instead). If clients must change all the same, "
        f"copy the lines above into schema/sdl/released/{ACCEPTED}, say why in CHANGELOG.md, and make the next version "
        "a major one."
    )


def accepted_changes(folder: Path = RELEASED) -> set[str]:
    """The changes that break clients and are meant: one a line, as they are told; lines with # explain."""
    path = folder / ACCEPTED
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}
