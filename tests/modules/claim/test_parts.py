"""Bundles that are entered with what they were made of (claims spec 2.5, 2.10)."""

from typing import Any

from sqlalchemy import func, select

from modules.claim.models import ClaimPart
from modules.claim.rules import ClaimStatus
from modules.medical.models import ServicePart
from modules.medical.rules import PackageType
from tests.modules.claim.test_entry import create, told
from tests.modules.claim.world import World

PARTS = """query($id: ID!) { claim(id: $id) { claimed services {
    parts { partNo item { code } service { code } quantityDefined quantityProvided priceAsked } } } }"""


async def bundle(world: World) -> None:
    """The clinic's first service holds two of an item and one other service."""
    whole, other = world.clinic.services
    whole.package_type = PackageType.FEE_FOR_SERVICE
    of_item = {"item_id": world.clinic.items[0].id, "quantity": 2, "price": 300}
    of_service = {"sub_service_id": other.id, "quantity": 1, "price": 700}
    for line_no, values in enumerate((of_item, of_service), start=1):
        world.session.add(ServicePart(service_id=whole.id, line_no=line_no, **values))
    await world.session.commit()


def made_of(world: World, *parts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A claim for the bundle, made of these parts."""
    line = {"serviceCode": world.clinic.services[0].code, "quantityProvided": "1", "parts": list(parts), **changes}
    return {"items": [], "services": [line]}


async def parts(world: World, claim_id: str) -> Any:
    """The claim's amount, and the parts of its first service."""
    answer = await world.api(PARTS, {"id": claim_id}, actor=world.nurse())
    claim = answer.data["claim"]
    return claim["claimed"], claim["services"][0]["parts"]


async def test_a_bundle_asks_for_what_its_parts_cost_a13(world: World) -> None:
    item, other = world.clinic.items[0], world.clinic.services[1]
    seven = {"itemCode": item.code, "quantityProvided": "7", "priceAsked": "11"}
    three = {"serviceCode": other.code, "quantityProvided": "3", "priceAsked": "20"}
    given = made_of(world, seven, three, quantityProvided="5", priceAsked="50", explanation="As planned")
    payload = await create(world, **given)
    assert payload["errors"] == []
    assert payload["claim"]["claimed"] == "137.00"
    alone = await create(world, **made_of(world, quantityProvided="5", priceAsked="50", explanation="x"), code="0002")
    assert alone["claim"]["claimed"] == "250.00"


async def test_parts_say_what_the_register_holds_and_cost_what_it_says(world: World) -> None:
    await bundle(world)
    item, stranger, other = world.clinic.items[0], world.clinic.items[1], world.clinic.services[1]
    given: list[dict[str, Any]] = [
        {"itemId": item.id, "quantityProvided": "2"},
        {"serviceId": other.id, "quantityProvided": "1"},
        {"itemCode": stranger.code, "quantityProvided": "1"},
    ]
    payload = await create(world, **made_of(world, *given))
    claimed, found = await parts(world, payload["claim"]["id"])
    assert claimed == "2300.00"
    assert [(part["quantityDefined"], part["quantityProvided"], part["priceAsked"]) for part in found] == [
        ("2.00", "2.00", "300.00"),
        ("1.00", "1.00", "700.00"),
        (None, "1.00", "1000.00"),
    ]


async def test_what_is_wrong_with_parts_is_told_where_it_lies(world: World) -> None:
    item, other = world.clinic.items[0], world.clinic.services[1]
    given = [
        {"itemCode": item.code, "quantityProvided": "1"},
        {"itemCode": item.code, "quantityProvided": "1"},
        {"itemCode": "NONE", "quantityProvided": "0"},
        {"quantityProvided": "1"},
        {"itemCode": item.code, "serviceCode": other.code, "quantityProvided": "1", "priceAsked": "-1"},
    ]
    payload = await create(world, **made_of(world, *given))
    assert sorted(told(payload)) == [
        ("NAME_ONE", "services.0.parts.4"),
        ("NEGATIVE", "services.0.parts.4.priceAsked"),
        ("QUANTITY_MISSING", "services.0.parts.2.quantityProvided"),
        ("REQUIRED", "services.0.parts.3.itemId"),
        ("TAKEN", "services.0.parts.1"),
        ("UNKNOWN_CODE", "services.0.parts.2.itemCode"),
    ]


async def test_more_parts_than_a_claim_holds_are_refused(world: World) -> None:
    payload = await create(world, **made_of(world, *[{"itemCode": "NONE", "quantityProvided": "1"}] * 201))
    assert told(payload) == [("TOO_MANY_LINES", "services.0")]


async def test_a_change_of_items_keeps_the_parts_and_one_of_services_replaces_them(world: World) -> None:
    item = world.clinic.items[0]
    payload = await create(world, **made_of(world, {"itemCode": item.code, "quantityProvided": "3"}))
    claim = payload["claim"]
    lines = [{"itemCode": item.code, "quantityProvided": "1"}]
    changed = await world.change("updateClaim", claim, world.nurse(), items=lines)
    assert (await parts(world, claim["id"]))[0] == "4000.00"
    assert len((await parts(world, claim["id"]))[1]) == 1
    services = [{"serviceCode": world.clinic.services[0].code, "quantityProvided": "1"}]
    await world.change("updateClaim", changed["claim"], world.nurse(), services=services)
    assert await parts(world, claim["id"]) == ("6000.00", [])
    assert await world.session.scalar(select(func.count()).select_from(ClaimPart)) == 0


async def test_a_restored_claim_has_the_parts_of_the_rejected_one(world: World) -> None:
    item = world.clinic.items[0]
    payload = await create(world, **made_of(world, {"itemCode": item.code, "quantityProvided": "3"}))
    document = """mutation($input: RestoreClaimInput!) { restoreClaim(input: $input) {
        claim { id claimed } errors { code } } }"""
    answer = await world.api(
        "mutation($input: SubmitClaimsInput!) { submitClaims(input: $input) { results { claim { version } } } }",
        {"input": {"ids": [payload["claim"]["id"]]}},
        actor=world.nurse(),
    )
    [result] = answer.data["submitClaims"]["results"]
    claim = {"id": payload["claim"]["id"], "version": result["claim"]["version"]}
    rejected = await world.change("rejectClaim", claim, world.doctor(), reason="Wrong patient")
    assert rejected["claim"]["status"] == ClaimStatus.REJECTED
    input = {"input": {"claimId": claim["id"], "code": "R1"}}
    restored = (await world.api(document, input, actor=world.nurse())).data["restoreClaim"]
    claimed, found = await parts(world, restored["claim"]["id"])
    assert (claimed, len(found)) == ("3000.00", 1)
