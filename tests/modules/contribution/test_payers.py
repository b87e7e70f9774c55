from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import every
from core.testing import Api, actor
from modules.contribution.testing import make_contribution, make_payer
from modules.insuree.testing import make_family
from modules.location.hooks import Use
from modules.location.testing import make_district
from modules.policy.rules import PolicyStatus
from modules.policy.testing import make_policy
from modules.product.testing import make_product

PAYER = "payer { id version name type { code } location { id } phone } errors { code path }"
FUNDING = "funding { amount receipt paidOn payer { name } product { id } } errors { code path }"


async def test_a_payer_is_added_changed_and_removed(api: Api, change: Any, session: AsyncSession) -> None:
    who, district = actor("SCHEME_ADMINISTRATOR"), await make_district(session)
    await session.commit()
    payload = await change(
        "createPayer", fields=PAYER, who=who, typeCode="D", name=" Pathfinder ", locationId=district.id, phone="0754"
    )
    payer = payload["payer"]
    assert (payer["name"], payer["type"], payer["location"]) == ("Pathfinder", {"code": "D"}, {"id": str(district.id)})
    payload = await change(
        "updatePayer", fields=PAYER, who=who, id=payer["id"], expectedVersion=1, locationId=None, name="Path"
    )
    changed = payload["payer"]
    assert (changed["name"], changed["location"], changed["phone"], changed["version"]) == ("Path", None, "0754", 2)
    removed = await change("deletePayer", fields="errors { code path }", who=who, id=payer["id"], expectedVersion=2)
    assert removed.told == []
    reply = await api("{ payers { totalCount } }", actor=who)
    assert reply.data == {"payers": {"totalCount": 0}}


async def test_a_payer_needs_a_name_and_a_known_type(change: Any) -> None:
    who = actor("SCHEME_ADMINISTRATOR")
    payload = await change("createPayer", fields=PAYER, who=who, typeCode="X", name=" ")
    assert payload.told == [("REQUIRED", "name"), ("UNKNOWN_CODE", "typeCode")]


async def test_a_change_is_based_on_a_version(change: Any, session: AsyncSession) -> None:
    payer = await make_payer(session)
    await session.commit()
    who = actor("SCHEME_ADMINISTRATOR")
    payload = await change("updatePayer", fields=PAYER, who=who, id=payer.id, expectedVersion=7, name="X")
    assert payload.told == [("STALE", "expectedVersion")]


async def test_who_paid_stays(change: Any, session: AsyncSession) -> None:
    payer = await make_payer(session)
    policy = await make_policy(session, await make_family(session), await make_product(session), PolicyStatus.IDLE)
    await make_contribution(session, policy, payer_id=payer.id)
    await session.commit()
    who = actor("SCHEME_ADMINISTRATOR")
    payload = await change("deletePayer", fields="errors { code path }", who=who, id=payer.id, expectedVersion=1)
    assert payload.told == [("PAYER_IN_USE", "id")]


async def test_a_payer_of_another_place_is_kept_from_being_deleted_with_it(ctx: Any, session: AsyncSession) -> None:
    district, empty = await make_district(session), await make_district(session)
    await make_payer(session, location_id=district.id)
    answers = await every(ctx.host, "location_in_use", ctx=ctx, location_ids=[district.id, empty.id])
    assert [use for answer in answers for use in answer] == [Use(district.id, "payers")]


async def test_a_funding_is_recorded_once_for_a_receipt(api: Api, change: Any, session: AsyncSession) -> None:
    who, payer, product = actor("SCHEME_ADMINISTRATOR"), await make_payer(session), await make_product(session)
    await session.commit()
    funding = {"payerId": payer.id, "productId": product.id, "amount": "5000000", "receipt": "GF-1"}
    payload = await change("recordFunding", fields=FUNDING, who=who, **funding)
    assert payload["funding"] == {
        "amount": "5000000.00", "receipt": "GF-1", "paidOn": "2026-03-10",
        "payer": {"name": payer.name}, "product": {"id": str(product.id)},
    }  # fmt: skip
    again = await change("recordFunding", fields=FUNDING, who=who, **funding)
    assert again.told == [("RECEIPT_TAKEN", "receipt")]
    reply = await api("{ fundings { nodes { receipt } } }", actor=actor("ACCOUNTANT"))
    assert reply.data == {"fundings": {"nodes": [{"receipt": "GF-1"}]}}


async def test_a_payers_money_is_pending_until_it_is_paid_and_reconciled(change: Any, session: AsyncSession) -> None:
    payer, product = await make_payer(session), await make_product(session)
    await session.commit()
    fields = "funding { id status version } errors { code path }"
    funding = {"payerId": payer.id, "productId": product.id, "amount": "1", "receipt": "GF-2"}
    recorded = await change("recordFunding", fields=fields, who=actor("SCHEME_ADMINISTRATOR"), **funding)
    now = recorded["funding"]
    assert now["status"] == "PENDING"

    async def move(status: str, version: int) -> Any:
        who = actor("ACCOUNTANT")
        return await change(
            "changeFundingStatus", fields=fields, who=who, id=now["id"], expectedVersion=version, status=status
        )

    assert (await move("RECONCILED", 1)).told == [("ILLEGAL_TRANSITION", "status")]
    for version, status in enumerate(("PAID", "AWAITING_RECONCILIATION", "RECONCILED"), start=1):
        assert (await move(status, version))["funding"] == {"id": now["id"], "status": status, "version": version + 1}
    assert (await move("PAID", 4)).told == [("ILLEGAL_TRANSITION", "status")]
    assert (await move("PAID", 3)).told == [("STALE", "expectedVersion")]


async def test_clerks_choose_payers_and_do_not_change_them(api: Api, session: AsyncSession) -> None:
    payer = await make_payer(session)
    await session.commit()
    reply = await api("{ payers { nodes { name } } }", actor=actor("CLERK"))
    assert reply.data == {"payers": {"nodes": [{"name": payer.name}]}}
    reply = await api(
        "mutation($input: DeletePayerInput!) { deletePayer(input: $input) { errors { code } } }",
        {"input": {"id": payer.id, "expectedVersion": 1}},
        actor=actor("CLERK"),
    )
    assert reply.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_payer_funds_what_is_sold_where_it_pays_rule_6(change: Any, session: AsyncSession) -> None:
    district, elsewhere = await make_district(session), await make_district(session)
    national = await make_product(session)
    of_district, of_region = await make_product(session, district), await make_product(session)
    of_region.location_id = district.region_id
    payers = [await make_payer(session, location_id=id) for id in (None, district.id, district.region_id, elsewhere.id)]
    await session.commit()
    funded = {
        (payer, product): await change(
            "recordFunding", fields=FUNDING, who=actor("SCHEME_ADMINISTRATOR"), payerId=payers[payer].id,
            productId=(national, of_district, of_region)[product].id, amount="1", receipt=f"{payer}",
        )
        for payer in range(4)
        for product in range(3)
    }  # fmt: skip
    refused = {pair for pair, payload in funded.items() if payload.told == [("PAYER_NOT_HERE", "payerId")]}
    assert refused == {(3, 1), (3, 2)}
    assert all(payload.told == [] for pair, payload in funded.items() if pair not in refused)
