"""Products: what one is, who makes it, and who finds it."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, clock, every, new_id
from core.testing import Api, Change, actor
from modules.location.hooks import Use
from modules.location.testing import make_district, make_region, make_village
from modules.medical.testing import make_item, make_service
from modules.product.testing import make_product
from tests.modules.product.conftest import InUse
from tests.modules.product.products import FLAT, PRICE


async def test_a_product_is_made_with_its_first_terms(change: Change) -> None:
    with clock.at(datetime(2024, 5, 10, 9, tzinfo=UTC)):
        made = await change("createProduct", PRICE, **FLAT)
        sold = await change("createProduct", PRICE, **{**FLAT, "code": "CHF02", "dateFrom": "2024-07-01"})
        named = await change("createProduct", PRICE, **{**FLAT, "code": "CHF03", "termsFrom": "2018-07-14"})
    terms = {"validTo": None, "present": True, "lumpSum": "30000.00"}
    assert made["product"] == {
        "id": made["product"]["id"],
        "code": "CHF01",
        "version": 1,
        "lumpSum": "30000.00",
        "terms": [{**terms, "validFrom": "2024-05-10"}],
    }
    assert sold["product"]["terms"] == [{**terms, "validFrom": "2024-07-01"}]
    assert named["product"]["terms"] == [{**terms, "validFrom": "2018-07-14"}]


async def test_a_product_keeps_everything_it_is_told_rule_3_1(change: Change, session: AsyncSession) -> None:
    item, service, district = await make_item(session), await make_service(session), await make_district(session)
    await session.commit()
    fields = """product { location { id } premiumAdult gracePeriodPayment enrolmentDiscountPercent ceilingType
        ceilingInPatient ceilingInterpretation indexPeriod cycles { day month }
        categoryLimits { category maxNumber maxAmount }
        subsidies { category { code } percent familyPartActivates }
        items { item { code } priceOrigin limitNumberAdult waitingPeriodChild ceilingExclusionAdult
            limits { visitType limitationType adult child } }
        services { service { code } limits { visitType } }
        capitation { share weightPopulation weightVisits levels { level { code } subLevel { code } } }
        warnings }"""
    made = await change(
        "createProduct",
        fields,
        **FLAT,
        locationId=district.id,
        premiumAdult="5000.00",
        gracePeriodPayment=1,
        enrolmentDiscountPercent="2.5",
        ceilingType="INSUREE",
        ceilingInPatient="500000.00",
        indexPeriod="QUARTER",
        cycles=[{"day": 1, "month": 7}, {"day": 1, "month": 1}],
        categoryLimits=[{"category": "SURGERY", "maxNumber": 1, "maxAmount": "100000.00"}, {"category": "VISIT"}],
        subsidies=[{"categoryCode": "POOR", "percent": "75", "familyPartActivates": True}],
        items=[
            {
                "itemCode": item.code,
                "priceOrigin": "RELATIVE",
                "limitNumberAdult": 20,
                "waitingPeriodChild": 3,
                "ceilingExclusionAdult": "HOSPITAL",
                "limits": [
                    {"visitType": "REFERRAL", "limitationType": "FIXED", "adult": "4000"},
                    {"visitType": "OTHER", "adult": "80", "child": "90"},
                ],
            }
        ],
        services=[{"serviceId": service.id}],
        capitation={
            "share": "40",
            "weightPopulation": "60",
            "weightVisits": "30",
            "levels": [{"levelCode": "D"}, {"levelCode": "H", "subLevelCode": "R"}],
        },
    )
    assert made.told == []
    assert made["product"] == {
        "location": {"id": str(district.id)},
        "premiumAdult": "5000.00",
        "gracePeriodPayment": 1,
        "enrolmentDiscountPercent": "2.5000",
        "ceilingType": "INSUREE",
        "ceilingInPatient": "500000.00",
        "ceilingInterpretation": "CLAIM_TYPE",
        "indexPeriod": "QUARTER",
        "cycles": [{"day": 1, "month": 1}, {"day": 1, "month": 7}],
        "categoryLimits": [
            {"category": "SURGERY", "maxNumber": 1, "maxAmount": "100000.00"},
            {"category": "VISIT", "maxNumber": None, "maxAmount": "0.00"},
        ],
        "subsidies": [{"category": {"code": "POOR"}, "percent": "75.0000", "familyPartActivates": True}],
        "items": [
            {
                "item": {"code": item.code},
                "priceOrigin": "RELATIVE",
                "limitNumberAdult": 20,
                "waitingPeriodChild": 3,
                "ceilingExclusionAdult": "HOSPITAL",
                "limits": [
                    {"visitType": "OTHER", "limitationType": "CO_INSURANCE", "adult": "80.00", "child": "90.00"},
                    {"visitType": "REFERRAL", "limitationType": "FIXED", "adult": "4000.00", "child": "0.00"},
                ],
            }
        ],
        "services": [{"service": {"code": service.code}, "limits": []}],
        "capitation": {
            "share": "40.0000",
            "weightPopulation": "60.0000",
            "weightVisits": "30.0000",
            "levels": [
                {"level": {"code": "D"}, "subLevel": None},
                {"level": {"code": "H"}, "subLevel": {"code": "R"}},
            ],
        },
        "warnings": ["CAPITATION_WEIGHTS_NOT_WHOLE"],
    }


async def test_what_is_wrong_with_a_product_is_told_where_it_lies_rule_3_2_1(
    change: Change, session: AsyncSession
) -> None:
    await make_product(session, code="CHF01")
    village, item = await make_village(session), await make_item(session)
    await session.commit()
    made = await change(
        "createProduct",
        PRICE,
        **{**FLAT, "name": " ", "insurancePeriod": -1},
        locationId=village.id,
        dateFrom="2024-07-01",
        dateTo="2024-06-30",
        conversionProductId=new_id(),
        premiumChild="-1.00",
        renewalDiscountPercent="-5",
        cycles=[{"day": 31, "month": 6}],
        categoryLimits=[{"category": "OTHER", "maxNumber": -1}],
        subsidies=[{"categoryCode": "RICH", "percent": "101"}],
        items=[
            {"itemId": item.id, "waitingPeriodAdult": -1, "waitingPeriodChild": 1201},
            {"itemCode": item.code},
            {},
            {"itemCode": "NONE"},
        ],
        services=[{"serviceId": new_id(), "serviceCode": "BOTH"}, {"serviceId": new_id()}],
        capitation={"share": "101", "weightVisits": "-1", "levels": [{"levelCode": "Z"}]},
    )
    assert sorted(made.told, key=lambda error: (error[1], error[0])) == [
        ("UNKNOWN_CODE", "capitation.levels.0.levelCode"),
        ("NOT_A_PERCENTAGE", "capitation.share"),
        ("NOT_A_PERCENTAGE", "capitation.weightVisits"),
        ("UNKNOWN_CODE", "categoryLimits.0.category"),
        ("NEGATIVE", "categoryLimits.0.maxNumber"),
        ("TAKEN", "code"),
        ("NOT_FOUND", "conversionProductId"),
        ("CYCLE_NOT_A_DATE", "cycles.0"),
        ("DATES_REVERSED", "dateTo"),
        ("NEGATIVE", "insurancePeriod"),
        ("NEGATIVE", "items.0.waitingPeriodAdult"),
        ("PERIOD_TOO_LONG", "items.0.waitingPeriodChild"),
        ("TAKEN", "items.1"),
        ("ID_OR_CODE", "items.2"),
        ("UNKNOWN_CODE", "items.3.itemCode"),
        ("WRONG_LEVEL", "locationId"),
        ("REQUIRED", "name"),
        ("NEGATIVE", "premiumChild"),
        ("NOT_A_PERCENTAGE", "renewalDiscountPercent"),
        ("ID_OR_CODE", "services.0"),
        ("NOT_FOUND", "services.1.serviceId"),
        ("UNKNOWN_CODE", "subsidies.0.categoryCode"),
        ("NOT_A_PERCENTAGE", "subsidies.0.percent"),
    ]


async def test_a_duplicate_has_the_newest_terms_except_for_what_is_given(change: Change, session: AsyncSession) -> None:
    item, service = await make_item(session), await make_service(session)
    limits = {"limit_number_adult": 20}
    source = await make_product(
        session, name="Source", covers={item: limits, service: {}}, cycles=[(1, 7)], premium_adult=300
    )
    await session.commit()
    fields = """product { code name lumpSum premiumAdult version cycles { day } items { limitNumberAdult }
        services { id } terms { id } }"""
    made = await change("duplicateProduct", fields, productId=source.id, code="COPY", lumpSum="50000.00", services=[])
    assert made.told == []
    assert made["product"].pop("terms")
    assert made["product"] == {
        "code": "COPY",
        "name": "Source",
        "lumpSum": "50000.00",
        "premiumAdult": "300.00",
        "version": 1,
        "cycles": [{"day": 1}],
        "items": [{"limitNumberAdult": 20}],
        "services": [],
    }
    taken = await change("duplicateProduct", fields, productId=source.id, code="COPY")
    assert taken.told == [("TAKEN", "code")]
    assert (await change("duplicateProduct", fields, productId=new_id(), code="X")).told == [("NOT_FOUND", "productId")]


async def test_a_product_that_policies_run_on_is_not_deleted(
    change: Change, api: Api, session: AsyncSession, in_use: InUse
) -> None:
    product = await make_product(session, code="CHF01")
    await session.commit()
    in_use.products.add(product.id)
    refused = await change("deleteProduct", "product { id }", id=product.id, expectedVersion=1)
    assert refused.told == [("PRODUCT_IN_USE", "id")]
    in_use.products.clear()
    deleted = await change("deleteProduct", "product { endedAt }", id=product.id, expectedVersion=1)
    assert deleted["product"]["endedAt"] is not None
    query = 'query($id: ID!) { product(id: $id) { code } products { totalCount } gone: product(code: "CHF01") { id } }'
    reply = await api(query, {"id": product.id}, actor=actor("CLERK"))
    assert reply.data == {"product": {"code": "CHF01"}, "products": {"totalCount": 0}, "gone": None}
    assert (await change("createProduct", PRICE, **FLAT)).told == []


async def test_families_find_what_is_sold_where_they_live_on_the_day_rule_3_2_9(
    api: Api, session: AsyncSession
) -> None:
    region = await make_region(session)
    district = await make_district(session, region)
    await make_product(session, code="NATION")
    await make_product(session, region, code="REGION", date_from=date(2024, 1, 1), date_to=date(2024, 12, 31))
    await make_product(session, district, code="DISTRICT")
    await make_product(session, await make_district(session, region), code="OTHER")
    await session.commit()
    query = "query($in: ID, $on: Date) { products(soldIn: $in, soldOn: $on) { nodes { code } } }"

    async def sold(place: UUID | None, day: str | None) -> set[str]:
        variables = {name: value for name, value in (("in", place), ("on", day)) if value is not None}
        reply = await api(query, variables, actor=actor("ENROLMENT_OFFICER", district=[district.id]))
        return {node["code"] for node in reply.data["products"]["nodes"]}

    assert await sold(None, None) == {"NATION", "REGION", "DISTRICT", "OTHER"}
    assert await sold(district.id, None) == {"NATION", "REGION", "DISTRICT"}
    assert await sold(region.id, None) == {"NATION", "REGION"}
    for day, here in (("2023-12-31", False), ("2024-01-01", True), ("2024-12-31", True), ("2025-01-01", False)):
        assert ("REGION" in await sold(district.id, day)) is here


async def test_products_are_filtered_and_ordered_by_their_present_terms(api: Api, session: AsyncSession) -> None:
    await make_product(session, code="DEAR", lump_sum=40_000)
    await make_product(session, code="FLAT")
    await session.commit()
    query = """{ products(filter: { lumpSum: { gt: "30000" } }) { nodes { code } }
        byPrice: products(orderBy: [{ field: LUMP_SUM, direction: ASC }]) { nodes { code } } }"""
    reply = await api(query, actor=actor("ENROLMENT_OFFICER"))
    assert reply.errors == []
    assert reply.data["products"]["nodes"] == [{"code": "DEAR"}]
    assert reply.data["byPrice"]["nodes"] == [{"code": "FLAT"}, {"code": "DEAR"}]


async def test_only_scheme_administrators_keep_products(api: Api, session: AsyncSession) -> None:
    product = await make_product(session)
    await session.commit()
    mutation = """mutation($id: ID!) { deleteProduct(input: { id: $id, expectedVersion: 1 }) { errors { code } } }"""
    for role in ("ENROLMENT_OFFICER", "MANAGER", "ACCOUNTANT"):
        reply = await api(mutation, {"id": product.id}, actor=actor(role))
        assert reply.errors[0]["extensions"]["code"] == "FORBIDDEN"
    assert (await api("{ products { totalCount } }")).errors[0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_one_product_is_asked_for_by_id_or_code(api: Api) -> None:
    reply = await api("{ product { code } }", actor=actor("CLERK"))
    assert reply.errors[0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_place_with_products_is_in_use(ctx: Context, session: AsyncSession) -> None:
    region, empty = await make_region(session), await make_region(session)
    await make_product(session, region)
    answers = await every(ctx.host, "location_in_use", ctx=ctx, location_ids=[region.id, empty.id])
    assert [use for answer in answers for use in answer] == [Use(region.id, "products")]
