from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Problems, clock, new_id
from core.testing import Api, actor
from modules.medical.models import Diagnosis, Item, PriceListLine, Service
from modules.medical.services import Named, by_codes, named
from modules.medical.testing import make_diagnosis, make_item, make_price_list, make_service

Change = Callable[..., Awaitable[Any]]

ITEM = """medicalItem {
    id code name type package quantity price careType patientCategories frequencyDays version endedAt
}"""
SERVICE = "medicalService { id code parts { lineNo quantity price item { code } service { code } } version }"
ASPIRIN = {"code": "0001", "name": "Aspirin", "type": "DRUG", "price": "10.00", "careType": "OUT_PATIENT"}
SURGERY = {
    "code": "M1",
    "name": "Cerclage",
    "type": "CURATIVE",
    "level": "DAY_HOSPITAL",
    "price": "21000.00",
    "careType": "BOTH",
}


async def test_a_diagnosis_is_added_renamed_and_deleted(change: Change, api: Api) -> None:
    added = await change("createDiagnosis", "diagnosis { id code name version }", code="A00", name="Colera")
    diagnosis = added["diagnosis"]
    assert (diagnosis["code"], diagnosis["version"]) == ("A00", 1)
    same = {"id": diagnosis["id"], "expectedVersion": 1}
    renamed = await change("updateDiagnosis", "diagnosis { code name version }", **same, name="Cholera")
    assert renamed["diagnosis"] == {"code": "A00", "name": "Cholera", "version": 2}
    stale = await change("deleteDiagnosis", "diagnosis { name }", **same)
    assert stale.told == [("STALE", "expectedVersion")]
    assert stale["diagnosis"] == {"name": "Cholera"}
    deleted = await change("deleteDiagnosis", "diagnosis { endedAt }", id=diagnosis["id"], expectedVersion=2)
    assert deleted["diagnosis"]["endedAt"] is not None
    query = (
        'query($id: ID!) { diagnosis(id: $id) { name } diagnoses { totalCount } gone: diagnosis(code: "A00") { name } }'
    )
    reply = await api(query, {"id": diagnosis["id"]}, actor=actor("CLERK"))
    assert reply.data == {"diagnosis": {"name": "Cholera"}, "diagnoses": {"totalCount": 0}, "gone": None}


async def test_an_item_is_for_everybody_unless_it_says_for_whom(change: Change) -> None:
    everybody = await change("createMedicalItem", ITEM, **ASPIRIN)
    assert everybody["medicalItem"]["patientCategories"] == ["MALE", "FEMALE", "ADULT", "MINOR"]
    women = {**ASPIRIN, "code": "0002", "patientCategories": ["FEMALE", "ADULT"]}
    assert (await change("createMedicalItem", ITEM, **women))["medicalItem"]["patientCategories"] == ["FEMALE", "ADULT"]


async def test_absent_keeps_and_null_clears(change: Change) -> None:
    added = await change("createMedicalItem", ITEM, **ASPIRIN, package="1000 tablets", frequencyDays=3)
    item = added["medicalItem"]
    changed = await change(
        "updateMedicalItem", ITEM, id=item["id"], expectedVersion=1, frequencyDays=None, price="12.00"
    )
    assert changed["medicalItem"] == {**item, "frequencyDays": None, "price": "12.00", "version": 2}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"code": "ABCDEFG"}, [("TOO_LONG", "code")]),
        ({"code": "  "}, [("REQUIRED", "code")]),
        ({"name": "x" * 101}, [("TOO_LONG", "name")]),
        ({"price": "-1.00"}, [("NEGATIVE", "price")]),
        (
            {"frequencyDays": -1, "maximumQuantity": "-2"},
            [("NEGATIVE", "frequencyDays"), ("NEGATIVE", "maximumQuantity")],
        ),
    ],
)
async def test_what_is_wrong_with_an_item_is_told_where_it_lies(
    change: Change, wrong: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    answer = await change("createMedicalItem", ITEM, **{**ASPIRIN, **wrong})
    assert answer.told == told
    assert answer["medicalItem"] is None


async def test_a_code_is_unique_among_the_current_items_only(change: Change, session: AsyncSession) -> None:
    old = await make_item(session, code="0001")
    await session.commit()
    assert (await change("createMedicalItem", ITEM, **ASPIRIN)).told == [("TAKEN", "code")]
    await change("deleteMedicalItem", ITEM, id=old.id, expectedVersion=1)
    assert (await change("createMedicalItem", ITEM, **ASPIRIN)).told == []


async def test_an_entry_that_was_deleted_does_not_change(change: Change, session: AsyncSession) -> None:
    item = await make_item(session, ended_at=clock.now())
    await session.commit()
    answer = await change("updateMedicalItem", ITEM, id=item.id, expectedVersion=1, name="Again")
    assert answer.told == [("NOT_FOUND", "id")]


async def test_deleting_an_item_closes_its_price_list_lines_rule_2_3(change: Change, session: AsyncSession) -> None:
    item, other = await make_item(session), await make_item(session)
    price_list = await make_price_list(session, {item: 500, other: None})
    today = datetime(2024, 5, 10, 9, tzinfo=UTC)
    session.add(
        PriceListLine(price_list_id=price_list.id, service_id=(await make_service(session)).id, valid_from=today)
    )
    await session.commit()
    with clock.at(today):
        await change("deleteMedicalItem", ITEM, id=item.id, expectedVersion=1)
    lines = {line.element_id: line.valid_to for line in await session.scalars(select(PriceListLine))}
    assert lines.pop(item.id) == today.date()
    assert set(lines.values()) == {None}


async def test_a_bundle_has_parts_in_their_order(change: Change, session: AsyncSession) -> None:
    item, service = await make_item(session), await make_service(session)
    await session.commit()
    parts = [
        {"serviceCode": service.code, "quantity": "1", "price": "100.00"},
        {"itemId": item.id, "quantity": "2.5", "price": "7.00"},
    ]
    bundle = (await change("createMedicalService", SERVICE, **SURGERY, packageType="FLAT_FEE", parts=parts))[
        "medicalService"
    ]
    assert bundle["parts"] == [
        {"lineNo": 1, "quantity": "1.00", "price": "100.00", "item": None, "service": {"code": service.code}},
        {"lineNo": 2, "quantity": "2.50", "price": "7.00", "item": {"code": item.code}, "service": None},
    ]
    fewer = await change("updateMedicalService", SERVICE, id=bundle["id"], expectedVersion=1, parts=parts[1:])
    assert [part["lineNo"] for part in fewer["medicalService"]["parts"]] == [1]
    assert fewer["medicalService"]["version"] == 2
    kept = await change("updateMedicalService", SERVICE, id=bundle["id"], expectedVersion=2, name="Cerclage, Shirodkar")
    assert len(kept["medicalService"]["parts"]) == 1


async def test_what_is_wrong_with_parts_is_told_where_it_lies(change: Change, session: AsyncSession) -> None:
    item, service = await make_item(session), await make_service(session)
    await session.commit()
    much = {"quantity": "1", "price": "1.00"}
    parts = [
        {**much},
        {**much, "itemId": item.id, "serviceId": service.id},
        {**much, "itemCode": "NONE"},
        {**much, "serviceId": new_id()},
        {"itemId": item.id, "quantity": "-1", "price": "-1.00"},
        {**much, "serviceCode": service.code},
    ]
    answer = await change("updateMedicalService", SERVICE, id=service.id, expectedVersion=1, parts=parts)
    assert sorted(answer.told, key=lambda error: error[1]) == [
        ("ITEM_OR_SERVICE", "parts.0"),
        ("ITEM_OR_SERVICE", "parts.1"),
        ("PART_OF_ITSELF", "parts.1"),
        ("UNKNOWN_CODE", "parts.2.itemCode"),
        ("NOT_FOUND", "parts.3.serviceId"),
        ("NEGATIVE", "parts.4.price"),
        ("NEGATIVE", "parts.4.quantity"),
        ("PART_OF_ITSELF", "parts.5"),
    ]


async def test_statements_do_not_grow_with_the_parts(change: Change, session: AsyncSession) -> None:
    items = [await make_item(session) for _ in range(20)]
    services = [await make_service(session) for _ in range(2)]
    await session.commit()
    counts = []
    for service, size in zip(services, (1, 20), strict=True):
        parts = [{"itemId": item.id, "quantity": "1", "price": "1.00"} for item in items[:size]]
        answer = await change("updateMedicalService", SERVICE, id=service.id, expectedVersion=1, parts=parts)
        assert answer.told == []
        counts.append(answer.statements)
    assert counts[0] == counts[1]


async def test_only_scheme_administrators_keep_the_registers(api: Api) -> None:
    mutation = 'mutation { createDiagnosis(input: { code: "A00", name: "Cholera" }) { errors { code } } }'
    for role in ("CLERK", "MEDICAL_OFFICER", "CLAIM_ADMINISTRATOR"):
        reply = await api(mutation, actor=actor(role))
        assert reply.errors[0]["extensions"]["code"] == "FORBIDDEN"
    assert (await api(mutation)).errors[0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("role", ["ENROLMENT_OFFICER", "RECEPTIONIST", "CLAIM_CONTRIBUTOR", "ACCOUNTANT"])
async def test_every_standard_role_reads_the_registers(api: Api, session: AsyncSession, role: str) -> None:
    await make_diagnosis(session, name="Cholera")
    await make_item(session, name="Aspirin")
    await make_service(session, name="Cerclage")
    await session.commit()
    query = """{ diagnoses(search: "chol") { nodes { name } } medicalItems { nodes { name } }
        medicalServices { totalCount } }"""
    reply = await api(query, actor=actor(role, unbounded=False))
    assert reply.data == {
        "diagnoses": {"nodes": [{"name": "Cholera"}]},
        "medicalItems": {"nodes": [{"name": "Aspirin"}]},
        "medicalServices": {"totalCount": 1},
    }


async def test_one_entry_is_asked_for_by_id_or_code(api: Api) -> None:
    for field in ("diagnosis", "medicalItem", "medicalService"):
        reply = await api(f"{{ {field} {{ code }} }}", actor=actor("CLERK"))
        assert reply.errors[0]["extensions"]["code"] == "BAD_REQUEST"


async def test_codes_find_current_entries_of_their_own_register(session: AsyncSession) -> None:
    item = await make_item(session, code="X")
    await make_item(session, code="Y", ended_at=clock.now())
    await make_service(session, code="Z")
    assert await by_codes(session, Item, ["X", "Y", "Z"]) == {"X": item}
    assert await by_codes(session, Diagnosis, []) == {}


async def test_names_are_looked_up_by_id_or_code(session: AsyncSession) -> None:
    first, second = await make_service(session), await make_service(session)
    names = [
        Named("lines.0.service", first.id),
        Named("lines.1.service", code=second.code),
        Named("lines.2.service", code="?"),
    ]
    problems = Problems()
    found = await named(session, Service, names, problems)
    assert list(found.values()) == [first, second]
    assert [(error.code.code, ".".join(error.path)) for error in problems.errors] == [
        ("UNKNOWN_CODE", "lines.2.serviceCode")
    ]
