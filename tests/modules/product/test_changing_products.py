"""Products that are changed: in place while nothing rests on their terms, else by new ones."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.testing import Api, Change, actor
from modules.medical.testing import make_item, make_service
from modules.product.models import Cover, Terms
from modules.product.testing import make_product
from tests.modules.product.conftest import InUse
from tests.modules.product.products import FLAT, PRICE


async def terms_ids(session: AsyncSession, product_id: object) -> list[UUID]:
    """A product's terms, the first ones first."""
    rows = await session.scalars(
        select(Terms.id).where(Terms.product_id == UUID(str(product_id))).order_by(Terms.valid_from)
    )
    return list(rows)


async def test_terms_that_nothing_rests_on_are_changed_in_place(change: Change) -> None:
    made = (await change("createProduct", PRICE, **FLAT))["product"]
    changed = await change("updateProduct", PRICE, id=made["id"], expectedVersion=1, lumpSum="40000.00")
    assert changed["product"]["version"] == 2
    assert [terms["lumpSum"] for terms in changed["product"]["terms"]] == ["40000.00"]


async def test_terms_in_use_stay_and_new_ones_follow_decision_7(
    change: Change, api: Api, session: AsyncSession, in_use: InUse
) -> None:
    item = await make_item(session)
    product = await make_product(session, covers=[item], cycles=[(1, 7)], subsidies={"POOR": 50})
    await session.commit()
    in_use.terms |= set(await terms_ids(session, product.id))
    with clock.at(datetime(2024, 5, 10, 9, tzinfo=UTC)):
        changed = await change(
            "updateProduct", PRICE, id=product.id, expectedVersion=1, lumpSum="40000.00", subsidies=[]
        )
    assert changed["product"]["lumpSum"] == "40000.00"
    assert changed["product"]["terms"] == [
        {"validFrom": "2024-05-10", "validTo": None, "present": True, "lumpSum": "40000.00"},
        {"validFrom": "2000-01-01", "validTo": "2024-05-09", "present": False, "lumpSum": "30000.00"},
    ]
    fields = "maxMembers cycles { day month } subsidies { percent } items { item { code } }"
    query = f"query($id: ID!) {{ product(id: $id) {{ {fields} terms {{ {fields} }} }} }}"
    shown = (await api(query, {"id": product.id}, actor=actor("CLERK"))).data["product"]
    new, old = shown.pop("terms")
    kept = {"maxMembers": 6, "cycles": [{"day": 1, "month": 7}], "items": [{"item": {"code": item.code}}]}
    assert new == shown == {**kept, "subsidies": []}
    assert old == {**kept, "subsidies": [{"percent": "50.0000"}]}


async def test_terms_of_a_day_to_come_are_not_shown_before(change: Change, api: Api, session: AsyncSession) -> None:
    product = await make_product(session)
    await session.commit()
    with clock.at(datetime(2024, 5, 10, 9, tzinfo=UTC)):
        changed = await change(
            "updateProduct", PRICE, id=product.id, expectedVersion=1, lumpSum="40000.00", termsFrom="2024-07-01"
        )
        again = await change("updateProduct", PRICE, id=product.id, expectedVersion=2, lumpSum="45000.00")
    assert changed["product"]["lumpSum"] == again["product"]["lumpSum"] == "30000.00"
    assert again["product"]["terms"] == [
        {"validFrom": "2024-07-01", "validTo": None, "present": False, "lumpSum": "45000.00"},
        {"validFrom": "2000-01-01", "validTo": "2024-06-30", "present": True, "lumpSum": "30000.00"},
    ]


async def test_new_terms_begin_after_those_in_use(change: Change, session: AsyncSession, in_use: InUse) -> None:
    product = await make_product(session, valid_from=date(2024, 1, 1))
    await session.commit()
    in_use.terms |= set(await terms_ids(session, product.id))
    for day in ("2023-12-31", "2024-01-01"):
        answer = await change("updateProduct", PRICE, id=product.id, expectedVersion=1, lumpSum="1.00", termsFrom=day)
        assert answer.told == [("TERMS_TOO_EARLY", "termsFrom")]
        assert answer["product"] is None


async def test_a_products_own_fields_never_open_new_terms(change: Change, session: AsyncSession, in_use: InUse) -> None:
    product = await make_product(session)
    await session.commit()
    in_use.terms |= set(await terms_ids(session, product.id))
    changed = await change(
        "updateProduct",
        f"{PRICE[:-2]} name dateTo }}",
        id=product.id,
        expectedVersion=1,
        name="New name",
        dateTo="2030-12-31",
    )
    assert (changed["product"]["name"], changed["product"]["dateTo"]) == ("New name", "2030-12-31")
    assert len(changed["product"]["terms"]) == 1


async def test_the_first_terms_follow_the_first_day_of_sale_back(change: Change, session: AsyncSession) -> None:
    product = await make_product(session, valid_from=date(2024, 1, 1))
    await session.commit()
    for version, day in enumerate(("2023-07-01", "2023-09-01"), start=1):
        changed = await change("updateProduct", PRICE, id=product.id, expectedVersion=version, dateFrom=day)
        assert [terms["validFrom"] for terms in changed["product"]["terms"]] == ["2023-07-01"]


async def test_absent_keeps_null_clears_and_a_list_replaces_rule_3_2_6(change: Change, session: AsyncSession) -> None:
    """Acceptance case B27: services sent empty, items left out."""
    item, service = await make_item(session), await make_service(session)
    product = await make_product(session, covers=[item, service], premium_adult=300)
    await session.commit()
    fields = "product { maxMembers premiumAdult lumpSum items { id } services { id } }"
    changed = await change(
        "updateProduct", fields, id=product.id, expectedVersion=1, maxMembers=None, premiumAdult=None, services=[]
    )
    cover = await session.scalar(select(Cover.id).where(Cover.item_id == item.id))
    assert changed["product"] == {
        "maxMembers": None,
        "premiumAdult": "0.00",
        "lumpSum": "30000.00",
        "items": [{"id": str(cover)}],
        "services": [],
    }


async def test_a_list_sent_again_keeps_its_rows(change: Change, session: AsyncSession) -> None:
    kept, gone, new = [await make_item(session) for _ in range(3)]
    product = await make_product(session, covers=[kept, gone])
    await session.commit()
    fields = "product { items { id item { code } } }"
    items = [{"itemId": new.id}, {"itemId": kept.id}]
    changed = await change("updateProduct", fields, id=product.id, expectedVersion=1, items=items)
    row = await session.scalar(select(Cover.id).where(Cover.item_id == kept.id))
    found = {each["item"]["code"]: each["id"] for each in changed["product"]["items"]}
    assert set(found) == {kept.code, new.code}
    assert found[kept.code] == str(row)


async def test_shares_of_the_premium_are_told_by_period_and_follow_to_new_terms(
    change: Change, session: AsyncSession, in_use: InUse
) -> None:
    shown = "product { id version distributions { careType period number percent } }"
    quarters = [
        {"careType": "OUT_PATIENT", "period": "QUARTER", "number": number, "percent": percent}
        for number, percent in enumerate(("40.0000", "30.0000", "20.0000", "10.5000"), start=1)
    ]
    made = (await change("createProduct", shown, **FLAT, distributions=quarters))["product"]
    assert made["distributions"] == quarters
    in_use.terms.update(await terms_ids(session, made["id"]))
    with clock.at(datetime(2026, 12, 1, 8, tzinfo=UTC)):
        base = {"id": made["id"], "expectedVersion": made["version"]}
        changed = (await change("updateProduct", shown, **base, lumpSum="31000.00"))["product"]
        assert changed["distributions"] == made["distributions"]
        base["expectedVersion"] = changed["version"]
        wrong = [*quarters[:3], {**quarters[3], "percent": "101"}]
        refused = await change("updateProduct", shown, **base, distributions=wrong)
        assert [error["code"] for error in refused["errors"]] == ["NOT_A_PERCENTAGE"]


async def test_what_must_be_there_cannot_be_cleared(change: Change, session: AsyncSession) -> None:
    product = await make_product(session)
    await session.commit()
    answer = await change(
        "updateProduct", PRICE, id=product.id, expectedVersion=1, code=None, insurancePeriod=None,
        conversionProductId=product.id,
    )  # fmt: skip
    assert answer.told == [
        ("REQUIRED", "code"),
        ("REQUIRED", "insurancePeriod"),
        ("CONVERTS_TO_ITSELF", "conversionProductId"),
    ]


async def test_an_odd_threshold_is_shown_and_stops_nothing(change: Change) -> None:
    made = await change("createProduct", "product { warnings }", **{**FLAT, "threshold": 7})
    assert made["product"]["warnings"] == ["THRESHOLD_ABOVE_MAXIMUM"]


async def test_statements_do_not_grow_with_the_covers(change: Change, session: AsyncSession, in_use: InUse) -> None:
    items = [await make_item(session) for _ in range(40)]
    small, large = await make_product(session, covers=items[:1]), await make_product(session, covers=items)
    await session.commit()
    limits = [{"visitType": "OTHER", "adult": "80"}]
    counts = []
    for product, size in ((small, 1), (large, 40)):
        in_use.terms |= set(await terms_ids(session, product.id))
        covers = [{"itemId": item.id, "limits": limits} for item in items[:size]]
        answer = await change("updateProduct", "product { id }", id=product.id, expectedVersion=1, items=covers)
        assert answer.told == []
        counts.append(answer.statements)
    assert counts[0] == counts[1]
    assert await session.scalar(select(func.count()).select_from(Cover)) == 2 * 41
