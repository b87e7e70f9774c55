from datetime import date
from itertools import count

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from modules.location.rules import (
    CONTRACT_INCOMPLETE,
    CONTRACT_REVERSED,
    LEVELS,
    LocationLevel,
    contract_problem,
    level_above,
    level_below,
    level_of,
    moved_path,
)

Path = tuple[str, ...]
REGION, DISTRICT, WARD, VILLAGE = LEVELS
HERE = ("Arusha", "Arumeru", "Akheri", "Patandi")


def test_each_level_lies_in_the_one_before_it() -> None:
    assert [level_above(level) for level in LocationLevel] == [None, "REGION", "DISTRICT", "WARD"]


def test_nothing_lies_in_a_village() -> None:
    assert [level_below(level) for level in LEVELS] == ["DISTRICT", "WARD", "VILLAGE", None]


def test_a_path_of_three_places_is_that_of_a_ward() -> None:
    assert level_of(HERE[:3]) == "WARD"


@pytest.mark.parametrize(
    ("top", "above", "moved"),
    [
        pytest.param(WARD, ("Tanga", "Korogwe"), ("Tanga", "Korogwe", "Akheri", "Patandi"), id="same level"),
        pytest.param(WARD, ("Tanga",), ("Tanga", "Akheri", "Patandi"), id="ward becomes district"),
        pytest.param(VILLAGE, ("Tanga",), ("Tanga", "Patandi"), id="village becomes district"),
        pytest.param(DISTRICT, ("Tanga", "Korogwe"), ("Tanga", "Korogwe", "Arumeru", "Patandi"), id="district becomes ward"),
        pytest.param(WARD, ("Tanga", "Korogwe", "Mombo"), ("Tanga", "Korogwe", "Mombo", "Patandi"), id="ward becomes village"),
        pytest.param(REGION, ("Tanga",), ("Tanga", "Arusha", "Arumeru", "Patandi"), id="region becomes district"),
    ],
)  # fmt: skip
def test_where_a_village_lies_after_a_place_above_it_has_moved(top: LocationLevel, above: Path, moved: Path) -> None:
    assert moved_path(HERE, top, above) == moved


class Node:
    """A place in a tree, for the rule as it is told: one place after the other."""

    def __init__(self, name: str, level: int, children: list["Node"]) -> None:
        self.name, self.level, self.children = name, level, children

    def moved(self, parent: Path, level: int) -> dict[str, Path]:
        """Where it and everything in it lies, below a parent and with a level, by name."""
        # What would lie below a village becomes one, hung on what that village is hung on.
        paths = {self.name: (*(parent if level < len(LEVELS) else parent[:-1]), self.name)}
        for child in self.children:
            paths |= child.moved(paths[self.name], level + 1)
        return paths


@st.composite
def trees(draw: st.DrawFn) -> Node:
    """A place of any level with up to three places in each."""
    names = count()

    def grown(level: int) -> Node:
        below = draw(st.integers(0, 3)) if level + 1 < len(LEVELS) else 0
        return Node(f"p{next(names)}", level, [grown(level + 1) for _ in range(below)])

    return grown(draw(st.integers(0, len(LEVELS) - 1)))


def paths_in(node: Node, above: Path) -> dict[str, Path]:
    """The paths of a place and of everything in it, before anything moves."""
    own = (*above, node.name)
    return {node.name: own} | {name: path for child in node.children for name, path in paths_in(child, own).items()}


def old_parents(level: int) -> Path:
    """What a place of this level lies in."""
    return tuple(f"old{above}" for above in range(level))


@given(trees(), st.integers(1, len(LEVELS) - 1))
def test_paths_move_as_the_tree_does_place_by_place(tree: Node, level: int) -> None:
    above = tuple(f"new{at}" for at in range(level))
    before = paths_in(tree, old_parents(tree.level))
    after = {name: moved_path(path, LEVELS[tree.level], above) for name, path in before.items()}
    assert after == tree.moved(above, level)


@given(trees(), st.integers(1, len(LEVELS) - 1))
def test_after_a_move_every_place_lies_one_level_below_its_parent(tree: Node, level: int) -> None:
    above = tuple(f"new{at}" for at in range(level))
    paths = [moved_path(path, LEVELS[tree.level], above) for path in paths_in(tree, old_parents(tree.level)).values()]
    known = {above, *paths}
    assert all(path[:-1] in known and level_of(path) in LEVELS for path in paths)


@given(trees(), st.integers(1, len(LEVELS) - 1))
def test_a_place_that_rose_or_stayed_can_move_back(tree: Node, level: int) -> None:
    assume(level <= tree.level)
    above, home = tuple(f"new{at}" for at in range(level)), old_parents(tree.level)
    for path in paths_in(tree, home).values():
        moved = moved_path(path, LEVELS[tree.level], above)
        assert moved_path(moved, LEVELS[level], home) == path


@pytest.mark.parametrize(
    ("start", "end", "mandatory", "problem"),
    [
        (None, None, False, None),
        (None, None, True, CONTRACT_INCOMPLETE),
        (date(2024, 1, 1), None, False, CONTRACT_INCOMPLETE),
        (None, date(2024, 1, 1), False, CONTRACT_INCOMPLETE),
        (date(2024, 1, 1), date(2024, 1, 1), False, CONTRACT_REVERSED),
        (date(2024, 1, 2), date(2024, 1, 1), True, CONTRACT_REVERSED),
        (date(2024, 1, 1), date(2024, 1, 2), True, None),
    ],
)
def test_a_contract_has_both_dates_or_neither_and_ends_after_it_starts(
    start: date | None, end: date | None, mandatory: bool, problem: str | None
) -> None:
    assert contract_problem(start, end, mandatory=mandatory) == problem
