"""What was decided for the whole of enrolment, whichever module it concerns."""

from pathlib import Path

import pytest
from graphql import GraphQLInputObjectType, GraphQLNonNull, GraphQLObjectType, get_named_type
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import LookupRow
from core.host import Host
from core.settings import load_settings

MODULES = ("people", "location", "insuree", "medical", "product", "policy", "contribution")
CHANGES = (
    "update", "delete", "move", "remove", "change", "end", "suspend", "resume", "answer", "confirm", "deactivate",
)  # fmt: skip
LOOKUPS = (
    "gender", "relation", "family_type", "confirmation_type", "id_type", "profession", "education", "facility_level",
    "legal_form", "payment_type", "payer_type", "membership_category",
)  # fmt: skip


@pytest.fixture(scope="module")
def mutations() -> GraphQLObjectType:
    """The mutations of enrolment."""
    found = Host(load_settings(Path("/"), {}, modules=MODULES)).schema._schema.mutation_type
    assert found is not None
    return found


def test_what_is_changed_has_a_version_and_a_change_says_which_one_it_is_based_on_decision_5(
    mutations: GraphQLObjectType,
) -> None:
    seen: set[str] = set()
    for name, field in mutations.fields.items():
        if name.startswith(CHANGES) and name != "changePassword":
            taken, payload = get_named_type(field.args["input"].type), get_named_type(field.type)
            assert isinstance(taken, GraphQLInputObjectType)
            assert isinstance(payload, GraphQLObjectType)
            assert isinstance(taken.fields["expectedVersion"].type, GraphQLNonNull), name
            for changed in map(get_named_type, (each.type for each in payload.fields.values())):
                if isinstance(changed, GraphQLObjectType) and changed.name != "UserError":
                    assert "version" in changed.fields, changed.name
                    seen.add(changed.name)
    assert {"Location", "HealthFacility", "Family", "Insuree", "EnrolmentOfficer", "Product", "Policy"} <= seen
    assert {"Contribution", "Payer", "PolicyRenewal", "Role"} <= seen


@pytest.mark.parametrize("kind", LOOKUPS)
async def test_what_a_country_may_change_is_a_lookup_with_translated_names_decision_9(
    kind: str, session: AsyncSession
) -> None:
    rows = (await session.scalars(select(LookupRow).where(LookupRow.kind == kind))).all()
    assert rows
    assert all({"en", "sw", "fr"} <= row.names.keys() for row in rows)


async def test_relations_say_what_pricing_needs_decision_9(session: AsyncSession) -> None:
    rows = (await session.scalars(select(LookupRow).where(LookupRow.kind == "relation"))).all()
    assert {row.code for row in rows if row.data["pricedAs"] == "OTHER"} == {"7"}
    assert {row.code for row in rows if row.data.get("isSpouse")} == {"8"}
