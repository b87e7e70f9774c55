"""What the last release promised to clients still holds."""

from pathlib import Path

import pytest

from core.released import RELEASED, accepted_changes, breaking, refused

PROFILES = sorted(path.stem for path in RELEASED.glob("*.graphql"))
BEFORE = """
type Query { family(id: ID!): Family old: Int @deprecated(reason: "Deprecated since 1.1: Use `family`.") }
type Family { name: String! size: Int state: State }
enum State { NEW OLD }
input Wanted { name: String }
type Mutation { change(input: Wanted!): Family }
"""


def reviewed(profile: str) -> str:
    """The schema of a profile as it is: tests/test_module_sets.py compares the file with the code."""
    return (RELEASED.parent / f"{profile}.graphql").read_text(encoding="utf-8")


def test_no_profile_of_the_last_release_has_gone() -> None:
    assert PROFILES
    assert set(PROFILES) <= {path.stem for path in RELEASED.parent.glob("*.graphql")}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_breaks_no_client_of_the_last_release(profile: str) -> None:
    told = refused(profile, reviewed(profile))
    assert not told, told


def test_only_changes_that_are_there_are_accepted() -> None:
    found: set[str] = set()
    for profile in PROFILES:
        found |= set(breaking((RELEASED / f"{profile}.graphql").read_text(encoding="utf-8"), reviewed(profile)))
    assert accepted_changes() <= found, "accepted.txt names changes that are not there: take them out"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("size: Int", "", ["Field Family.size was removed."]),
        ("name: String!", "name: Int!", ["Field Family.name changed type from String! to Int!."]),
        ("name: String! size", "name: String size", ["Field Family.name changed type from String! to String."]),
        ("NEW OLD", "NEW", ["Enum value State.OLD was removed."]),
        ("input Wanted { name: String }", "input Wanted { name: String! }", ["Field Wanted.name changed type from String to String!."]),
        ("family(id: ID!)", "family(id: ID!, of: ID!)", ["A required argument Query.family(of:) was added."]),
        ("size: Int", "size: Int! more: Int", []),
        ("NEW OLD", "NEW OLD LOST", []),
        ('old: Int @deprecated(reason: "Deprecated since 1.1: Use `family`.")', "", []),
    ],
)  # fmt: skip
def test_what_breaks_clients_is_found_and_what_does_not_is_free(old: str, new: str, told: list[str]) -> None:
    assert old in BEFORE
    assert [change.replace("'", "") for change in breaking(BEFORE, BEFORE.replace(old, new))] == told


def test_a_breaking_change_is_refused_with_what_to_do_and_may_be_accepted(tmp_path: Path) -> None:
    now = BEFORE.replace("size: Int", "")
    assert refused("tanzania-chf", now, tmp_path) == "", "nothing is promised before the first release"
    (tmp_path / "tanzania-chf.graphql").write_text(BEFORE)
    told = refused("tanzania-chf", now, tmp_path)
    assert "  Field Family.size was removed.\n" in told
    assert "deprecated(since, instead)" in told
    assert "accepted.txt" in told
    (tmp_path / "accepted.txt").write_text("# It was always wrong.\nField Family.size was removed.\n")
    assert refused("tanzania-chf", now, tmp_path) == ""
