"""Characters that nobody sees: taken out of names and texts, refused in codes and numbers (every mutation's input)."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from core import LookupRow, new_id
from core.readable import make_readable, readable
from core.testing import Api, actor
from schema import UNSET

pytestmark = pytest.mark.profile("tests/core/bare.toml")

UNSEEN = ("\x01", "\x1b", "\x7f", "\x85", "\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\xad", "\U000e0041")


@dataclass
class Member:
    insurance_number: str = ""
    last_name: str = ""


@dataclass
class Input:
    code: str = ""
    names: list[str] = field(default_factory=list)
    explanation: str = ""
    new_password: str = ""
    diagnosis_codes: list[str] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    head: Any = None
    phone: Any = UNSET


def problems(input: Any) -> list[tuple[str, str]]:
    return [(error.code.code, ".".join(error.path)) for error in make_readable(input)]


@pytest.mark.parametrize("sign", [*UNSEEN, "\n", "\t", "\xa0", "\u200d", "\ud800"])
def test_a_code_or_number_with_what_nobody_sees_is_refused_where_it_stands(sign: str) -> None:
    wrong = f"A{sign}1"
    input = Input(code=wrong, diagnosis_codes=["A1", wrong], members=[Member(), Member(wrong)], head=Member(wrong))
    paths = ["code", "diagnosisCodes.1", "members.1.insuranceNumber", "head.insuranceNumber"]
    assert problems(input) == [("INVISIBLE", path) for path in paths]


@pytest.mark.parametrize("sign", UNSEEN)
def test_it_is_taken_out_of_names_and_texts(sign: str) -> None:
    input = Input(explanation=f"A{sign}sha\nMushi", names=[f"{sign}Asha"], members=[Member("1", f"Mu{sign}shi")])
    assert problems(input) == []
    assert (input.explanation, input.names, input.members[0].last_name) == ("Asha\nMushi", ["Asha"], "Mushi")


def test_what_is_written_so_stays() -> None:
    input = Input(explanation="a\tb\nc", code=" A1\r\n", new_password="\u200bse\x01cret")
    input.members = [Member("É-1", "क्‍ष Mushi")]
    before = (input.explanation, input.code, input.new_password, input.members[0].last_name)
    assert problems(input) == []
    assert (input.explanation, input.code, input.new_password, input.members[0].last_name) == before


def test_a_name_is_one_line() -> None:
    member = Member("1", "Mushi\r\nAsha\tNeema")
    assert problems(member) == []
    assert member.last_name == "Mushi Asha Neema"


@given(st.text())
def test_what_is_readable_stays_so(text: str) -> None:
    assert readable(readable(text)) == readable(text)
    assert readable(text) == text or not text.isprintable()


CREATE = """mutation($input: CreateLookupInput!) { createLookup(input: $input) {
    lookup { code name } errors { code path message } } }"""


@pytest.mark.parametrize(("language", "told"), [("en", "cannot be seen"), ("sw", "isiyoonekana"), ("fr", "invisible")])
async def test_a_mutation_answers_it_as_an_error_of_its_input(
    api: Api, session: AsyncSession, language: str, told: str
) -> None:
    session.add(LookupRow(id=new_id(), kind="shade", code="RED", names={"en": "Red"}, data={}, sort_order=1))
    await session.commit()
    admin = actor(rights=("core.lookup.update",))
    names = [{"language": "en", "name": "Gr\u202een"}]
    sent = {"kind": "shade", "code": "GR\u200bEEN", "names": names}
    reply = await api(CREATE, {"input": sent}, actor=admin, language=language)
    [error] = reply.data["createLookup"]["errors"]
    assert (error["code"], error["path"], told in error["message"]) == ("INVISIBLE", ["code"], True)
    reply = await api(CREATE, {"input": sent | {"code": "GREEN"}}, actor=admin)
    assert reply.data["createLookup"] == {"lookup": {"code": "GREEN", "name": "Gren"}, "errors": []}
