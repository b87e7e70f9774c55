"""Every printed case, rule and decision of the claims side has a test that carries its number."""

import re
from pathlib import Path

import pytest

CASES = (
    "V01 V03 V06 V08 V09 V11 V16 V18 V19 V20 V21 A01 "
    "A02 A05 A06 A07 A09 A13 A15 A19 A22 A25 D01 D02 "
    "D04 D05 D07 D08 D10 D14 D17 D18 D20 D22"
)
"""The cases printed in the specification of claims, sections 4.1 and 4.2."""

RULES = (
    "2.1 2.2 2.3 2.4 2.5 2.6 2.7.a 2.7.b 2.7.c 2.7.d 2.7.e 2.7.f "
    "2.7.g 2.7.h 2.7.i 2.8 2.9.1 2.9.2 2.9.3 2.9.4 2.9.5 2.9.6 2.9.7 2.9.8 "
    "2.9.9 2.9.10 2.10 2.11 2.12 2.13 2.14 2.15 2.16 2.17 2.18"
)
"""Its rules: checks of lines by their letter, steps of the valuation by their number."""

DECISIONS = range(25, 35)
TESTS = Path(__file__).parent
FOLDERS = ("claim", "medical", "settlement", "valuation")


@pytest.fixture(scope="module")
def names() -> list[str]:
    """The names of all tests of the claims side."""
    files = [path for folder in FOLDERS for path in (TESTS / "modules" / folder).glob("test_*.py")]
    return [name for path in files for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))]


def carried(number: str, names: list[str]) -> bool:
    """Whether a name carries the number as words of its own."""
    return any(re.search(rf"_{number}(_|$)", name) for name in names)


@pytest.mark.parametrize("case", CASES.split())
def test_a_printed_case_has_its_test(case: str, names: list[str]) -> None:
    assert carried(case.lower(), names)


@pytest.mark.parametrize("rule", RULES.split())
def test_a_rule_has_its_test(rule: str, names: list[str]) -> None:
    assert carried(f"rule_{rule.replace('.', '_')}", names)


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_has_its_test(decision: int, names: list[str]) -> None:
    assert carried(f"decision_{decision}", names)
