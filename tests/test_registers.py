"""Registers are read by everybody; an account bound to places changes what lies in them, and nothing else."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import EVERYBODY, Actor
from core.host import Host
from core.testing import Api, actor
from modules.insuree.models import EnrolmentOfficer
from modules.insuree.testing import make_officer
from modules.location.models import HealthFacility, Location
from modules.location.testing import make_district, make_facility, make_village, make_ward
from modules.medical.testing import make_diagnosis
from modules.product.models import Product
from modules.product.testing import make_product
from schema.node import MAPPED

NEW: dict[str, dict[str, Any]] = {
    "createLookup": {"kind": "gender", "code": "X", "names": [{"language": "en", "name": "Unknown"}]},
    "createLocation": {"code": "R99", "name": "New", "level": "REGION"},
    "createHealthFacility": {
        "code": "F9", "name": "New", "levelCode": "D", "legalFormCode": "G", "careType": "OUT_PATIENT",
        "locationId": "elsewhere",
    },
    "createEnrolmentOfficer": {"code": "E9", "lastName": "Kimaro", "otherNames": "Neema"},
    "createDiagnosis": {"code": "A99", "name": "New"},
    "createMedicalItem": {"code": "I9", "name": "New", "type": "DRUG", "price": "1", "careType": "OUT_PATIENT"},
    "createMedicalService": {
        "code": "S9", "name": "New", "type": "CURATIVE", "level": "SIMPLE", "price": "1", "careType": "OUT_PATIENT"
    },
    "createPriceList": {"name": "New", "kind": "ITEMS", "validFrom": "2026-01-01"},
    "createProduct": {"code": "P9", "name": "New", "insurancePeriod": 12},
    "createPayer": {"typeCode": "D", "name": "New"},
}  # fmt: skip
"""A new entry of each register that belongs to nobody's district."""
ELSEWHERE = {"createRole"}
"""Whose rule is told as a missing right, and tested with accounts."""
CHANGE = """mutation($i: Update%sInput!) { update%s(input: $i) { errors { code path } } }"""


@pytest.fixture
def everything(host: Host) -> tuple[str, ...]:
    """The names of all rights."""
    return tuple(right.name for right in host.rights)


def creating(host: Host) -> set[str]:
    """The mutations that make an entry of a register that everybody sees."""
    root = host.schema._schema.mutation_type
    assert root is not None
    found = set()
    for name, field in root.fields.items():
        payload: Any = get_named_type(field.type)
        for answered in (get_named_type(each.type) for each in payload.fields.values()):
            origin = getattr(answered.extensions.get("strawberry-definition"), "origin", None)
            if isinstance(answered, GraphQLObjectType) and origin in MAPPED and name.startswith("create"):
                found |= {name} if MAPPED[origin].scope is EVERYBODY else set()
    return found


async def test_every_register_is_tried(host: Host) -> None:
    assert creating(host) == NEW.keys() | ELSEWHERE, "say in NEW what a new entry of the register looks like"


@pytest.mark.parametrize("name", NEW)
async def test_an_account_of_a_district_adds_nothing_for_the_whole_country(
    api: Api, session: AsyncSession, everything: tuple[str, ...], name: str
) -> None:
    here, elsewhere = await make_district(session), await make_district(session)
    await session.commit()
    bound = actor(rights=everything, district=[here.id])
    input = {key: elsewhere.id if value == "elsewhere" else value for key, value in NEW[name].items()}
    mutation = f"mutation($i: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $i) {{ errors {{ code }} }} }}"
    reply = await api(mutation, {"i": input}, actor=bound)
    codes = [error["code"] for error in reply.data[name]["errors"]]
    assert codes == (["NOT_FOUND"] if "locationId" in input else ["NOT_YOURS"])
    reply = await api(mutation, {"i": input}, actor=actor(rights=everything))
    assert reply.data[name]["errors"] == []  # it was the account, not the input


@pytest.mark.parametrize(
    ("model", "type_"),
    [(Location, "Location"), (HealthFacility, "HealthFacility"), (Product, "Product"), (EnrolmentOfficer, "EnrolmentOfficer")],
)  # fmt: skip
async def test_it_changes_what_lies_in_its_places_only(
    api: Api, session: AsyncSession, everything: tuple[str, ...], model: Any, type_: str
) -> None:
    here, elsewhere = await make_district(session), await make_district(session)
    rows: dict[str, Any] = {}
    for place in (here, elsewhere):
        rows[place.code] = {
            Location: place,
            HealthFacility: await make_facility(session, place),
            Product: await make_product(session, place),
            EnrolmentOfficer: await make_officer(session, await make_village(session, await make_ward(session, place))),
        }[model]
    await session.commit()
    bound = actor(rights=everything, district=[here.id])
    field = "lastName" if model is EnrolmentOfficer else "name"
    for place, codes in ((here, []), (elsewhere, ["NOT_FOUND"])):
        row = rows[place.code]
        input = {"id": row.id, "expectedVersion": row.version, field: "Renamed"}
        reply = await api(CHANGE % (type_, type_), {"i": input}, actor=bound)
        assert [error["code"] for error in reply.data[f"update{type_}"]["errors"]] == codes
    renamed = select(func.count()).where(getattr(model, "last_name" if field == "lastName" else "name") == "Renamed")
    assert await session.scalar(renamed) == 1


async def test_it_does_not_give_its_own_away_or_take_what_is_the_nations(
    api: Api, session: AsyncSession, everything: tuple[str, ...]
) -> None:
    here = await make_district(session)
    own, national = await make_product(session, here), await make_product(session)
    diagnosis = await make_diagnosis(session)
    await session.commit()
    bound = actor(rights=everything, district=[here.id])

    async def change(type_: str, row: Any, by: Actor, **fields: Any) -> list[dict[str, Any]]:
        input = {"id": row.id, "expectedVersion": row.version, **fields}
        reply = await api(CHANGE % (type_, type_), {"i": input}, actor=by)
        errors: list[dict[str, Any]] = reply.data[f"update{type_}"]["errors"]
        return errors

    assert await change("Product", own, bound, locationId=None) == [{"code": "NOT_YOURS", "path": ["locationId"]}]
    assert await change("Product", national, bound, locationId=here.id) == [{"code": "NOT_FOUND", "path": ["id"]}]
    assert await change("Diagnosis", diagnosis, bound, name="Mine") == [{"code": "NOT_FOUND", "path": ["id"]}]
    assert await change("Product", own, actor(rights=everything), locationId=None) == []


async def test_who_works_in_a_whole_region_keeps_its_products(
    api: Api, session: AsyncSession, everything: tuple[str, ...]
) -> None:
    district = await make_district(session)
    region = await session.get_one(Location, district.region_id)
    other = await make_district(session, region)
    product = await make_product(session, region)
    await session.commit()
    input = {"id": product.id, "expectedVersion": 1, "name": "Renamed"}
    for ids, codes in (([district.id], ["NOT_FOUND"]), ([district.id, other.id], [])):
        reply = await api(CHANGE % ("Product", "Product"), {"i": input}, actor=actor(rights=everything, district=ids))
        assert [error["code"] for error in reply.data["updateProduct"]["errors"]] == codes
