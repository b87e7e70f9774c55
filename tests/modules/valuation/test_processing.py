"""Valuing claims: every shilling of a line goes somewhere, and nothing is valued twice."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core.history import HistoryRow
from core.testing import actor
from modules.claim.models import Claim, ClaimLine, ClaimPart
from modules.claim.rules import ClaimStatus
from modules.medical.models import Service, ServicePart
from modules.medical.rules import PackageType, ServiceCategory
from modules.product.rules import CeilingExclusion, CeilingType, PriceOrigin
from modules.valuation.models import ClaimValue, LineValue, PolicyUsage
from tests.modules.valuation.scheme import PROCESS, Scheme, amounts, co_insurance, fixed, lines


def every_shilling(claim: dict[str, Any]) -> None:
    """Quantity x unit = deducted + share of the insuree + exceeded + valuated, to the cent (decision 30)."""
    for line in lines(claim):
        parts = ("deducted", "insureeShare", "exceededCategory", "exceededCeiling", "priceValuated")
        price = Decimal(line["quantityApproved"] or line["quantityProvided"]) * Decimal(line["priceAdjusted"])
        assert sum(Decimal(line[part]) for part in parts) == price


async def test_a_claim_for_two_services_and_three_items_is_valued_at_the_price_list(scheme: Scheme) -> None:
    await scheme.insure()
    claim = await scheme.processed()
    assert (claim["status"], claim["valuated"], claim["remunerated"]) == ("VALUATED", "13000.00", "13000.00")
    assert amounts(claim, "priceValuated") == ["1000.00"] * 3 + ["5000.00"] * 2
    assert amounts(claim, "remunerated") == amounts(claim, "priceValuated")
    assert claim["processedAt"] is not None


async def test_every_shilling_of_a_line_goes_somewhere_decision_30(scheme: Scheme) -> None:
    shared = {each: {"limits": [co_insurance(33)]} for each in (*scheme.clinic.items, *scheme.clinic.services)}
    await scheme.insure(shared, ceiling_type=CeilingType.INSUREE, deductible=Decimal(1500), ceiling=Decimal(2500))
    claim = await scheme.processed((scheme.clinic.items[0], Decimal("3.33")), *scheme.clinic.services)
    assert claim["valuated"] == "2500.00"
    every_shilling(claim)


async def test_the_price_list_counts_not_what_was_asked_a01(scheme: Scheme) -> None:
    await scheme.insure()
    entered = await scheme.claim((scheme.clinic.items[0], 7), (scheme.clinic.services[0], 7))
    await scheme.ask(entered, 11)
    [claim] = await scheme.hand_in(entered)
    [result] = await scheme.process(claim["id"])
    assert amounts(result["claim"], "priceAdjusted") == ["1000.00", "5000.00"]
    assert amounts(result["claim"], "priceValuated") == ["7000.00", "35000.00"]
    [usage] = await scheme.usage()
    assert usage.remunerated == usage.remunerated_out_patient == 42000
    assert usage.remunerated_in_patient is None


@pytest.mark.profile("tests/modules/valuation/lower.toml")
async def test_a_scheme_may_pay_the_lower_of_asked_and_list_decision_31(scheme: Scheme) -> None:
    await scheme.insure()
    entered = await scheme.claim((scheme.clinic.items[0], 2))
    await scheme.ask(entered, 900)
    [claim] = await scheme.hand_in(entered)
    assert (amounts(claim, "priceAdjusted"), claim["approved"]) == (["900.00"], "1800.00")
    [result] = await scheme.process(claim["id"])
    assert result["claim"]["valuated"] == "1800.00"


async def test_co_insurance_leaves_its_share_to_the_patient_d01(scheme: Scheme) -> None:
    await scheme.insure({scheme.clinic.items[0]: {"limits": [co_insurance(80)]}})
    claim = await scheme.processed((scheme.clinic.items[0], 2))
    assert (claim["valuated"], amounts(claim, "insureeShare")) == ("1600.00", ["400.00"])


async def test_a_fixed_amount_pays_up_to_it_per_unit_d02(scheme: Scheme) -> None:
    await scheme.insure({scheme.clinic.items[0]: {"limits": [fixed(400)]}})
    claim = await scheme.processed((scheme.clinic.items[0], 3))
    assert (claim["valuated"], amounts(claim, "insureeShare")) == ("1200.00", ["1800.00"])


async def test_the_facilitys_own_price_counts_where_the_product_says_so(scheme: Scheme) -> None:
    await scheme.insure({scheme.clinic.items[0]: {"price_origin": PriceOrigin.OWN}})
    entered = await scheme.claim(scheme.clinic.items[0])
    await scheme.ask(entered, 4000)
    [claim] = await scheme.hand_in(entered)
    [result] = await scheme.process(claim["id"])
    assert result["claim"]["valuated"] == "4000.00"


async def test_a_flat_fee_pays_no_more_than_the_register_a09(scheme: Scheme) -> None:
    act = scheme.clinic.services[0]
    flat = update(Service).where(Service.id == act.id).values(package_type=PackageType.FLAT_FEE, price=1000)
    await scheme.session.execute(flat)
    await scheme.insure({act: {"price_origin": PriceOrigin.OWN}})
    entered = await scheme.claim(act)
    await scheme.ask(entered, 4000)
    [claim] = await scheme.hand_in(entered)
    [result] = await scheme.process(claim["id"])
    assert (amounts(result["claim"], "priceAdjusted"), result["claim"]["valuated"]) == (["1000.00"], "1000.00")


@pytest.mark.parametrize(
    ("origin", "entered", "price"),
    [
        (PriceOrigin.PRICE_LIST, (2, 1), "5000.00"),
        (PriceOrigin.PRICE_LIST, (2, 2), "0.00"),
        (PriceOrigin.PRICE_LIST, (2,), "0.00"),
        (PriceOrigin.PRICE_LIST, (), "0.00"),
        (PriceOrigin.RELATIVE, (2, 1), "5000.00"),
        (PriceOrigin.RELATIVE, (1, 1), "0.00"),
        (PriceOrigin.OWN, (1,), "4000.00"),
    ],
)
async def test_a_bundle_must_be_made_of_what_the_register_holds_rule_2_10(
    scheme: Scheme, origin: PriceOrigin, entered: tuple[int, ...], price: str
) -> None:
    act = scheme.clinic.services[0]
    bundle = update(Service).where(Service.id == act.id).values(package_type=PackageType.FEE_FOR_SERVICE)
    await scheme.session.execute(bundle)
    for number, quantity in enumerate((2, 1)):
        item_id = scheme.clinic.items[number].id
        part = ServicePart(service_id=act.id, line_no=number, item_id=item_id, quantity=quantity, price=10)
        scheme.session.add(part)
    await scheme.insure({act: {"price_origin": origin}})
    claim = await scheme.claim(act)
    await scheme.ask(claim, 4000)
    line_id = await scheme.session.scalar(select(ClaimLine.id).where(ClaimLine.claim_id == claim.id))
    for number, quantity in enumerate(entered):
        given = {"item_id": scheme.clinic.items[number].id, "quantity_provided": quantity, "price_asked": 10}
        scheme.session.add(ClaimPart(claim_id=claim.id, line_id=line_id, part_no=number, **given))
    await scheme.session.commit()
    [checked] = await scheme.hand_in(claim)
    [line] = checked["services"]
    assert (line["status"], line["priceAdjusted"]) == ("PASSED", price)
    differs = [] if price != "0.00" else [("BUNDLE_DIFFERS", False)]
    assert [(finding["code"], finding["rejects"]) for finding in line["findings"]] == differs
    [result] = await scheme.process(claim.id)
    assert result["claim"]["valuated"] == price


async def test_a_deductible_is_borne_first_and_only_once_d04(scheme: Scheme) -> None:
    await scheme.insure(ceiling_type=CeilingType.INSUREE, deductible=Decimal(1200))
    claim = await scheme.processed(scheme.clinic.items[0], scheme.clinic.items[1])
    assert (amounts(claim, "deducted"), amounts(claim, "priceValuated")) == (["1000.00", "200.00"], ["0.00", "800.00"])
    later = await scheme.processed(scheme.clinic.items[0], on=date(2026, 6, 11))
    assert amounts(later, "deducted") == ["0.00"]


async def test_a_ceiling_is_used_up_from_claim_to_claim_d08(scheme: Scheme) -> None:
    await scheme.insure(ceiling_type=CeilingType.INSUREE, ceiling=Decimal(9000))
    first = await scheme.processed(scheme.clinic.services[0], on=date(2026, 6, 1))
    second = await scheme.processed(scheme.clinic.services[0])
    assert (first["valuated"], second["valuated"]) == ("5000.00", "4000.00")
    assert amounts(second, "exceededCeiling") == ["1000.00"]


async def test_care_without_ceiling_does_not_use_it_up_d10(scheme: Scheme) -> None:
    excluded = {"ceiling_exclusion_adult": CeilingExclusion.BOTH}
    drug, other = scheme.clinic.items[:2]
    await scheme.insure({drug: excluded, other: {}}, ceiling_type=CeilingType.INSUREE, ceiling=Decimal(500))
    claim = await scheme.processed(drug, other)
    assert amounts(claim, "priceValuated") == ["1000.00", "500.00"]
    assert (await scheme.usage())[0].remunerated == 500


async def test_a_category_has_its_amount_per_claim_a02(scheme: Scheme) -> None:
    act = scheme.clinic.services[0]
    await scheme.session.execute(update(Service).where(Service.id == act.id).values(category=ServiceCategory.DELIVERY))
    await scheme.insure(category_limits={ServiceCategory.DELIVERY: (None, 5500)})
    claim = await scheme.processed(scheme.clinic.items[0], act)
    assert amounts(claim, "priceValuated") == ["1000.00", "4500.00"]
    assert amounts(claim, "exceededCategory") == ["0.00", "500.00"]


async def test_what_the_reviewer_set_is_what_is_valued_a06(scheme: Scheme) -> None:
    await scheme.insure()
    claim = await scheme.handed_in((scheme.clinic.items[0], 3), (scheme.clinic.services[0], 2))
    settled = [
        {"lineNo": 1, "quantityApproved": "1", "priceApproved": "53"},
        {"lineNo": 2, "quantityApproved": "1", "priceApproved": "37"},
    ]
    await scheme.change("reviewClaim", claim, scheme.doctor(), lines=settled)
    assert (await scheme.usage())[0].remunerated == 90
    [result] = await scheme.process(claim["id"])
    assert (result["claim"]["valuated"], result["claim"]["approved"]) == ("90.00", "90.00")


async def test_a_line_that_the_reviewer_rejected_is_worth_nothing(scheme: Scheme) -> None:
    await scheme.insure()
    claim = await scheme.handed_in(scheme.clinic.items[0], scheme.clinic.services[0])
    refused = [{"lineNo": 1, "status": "REJECTED", "justification": "Not needed"}]
    await scheme.change("reviewClaim", claim, scheme.doctor(), lines=refused)
    [result] = await scheme.process(claim["id"])
    assert (result["claim"]["status"], result["claim"]["valuated"]) == ("VALUATED", "5000.00")
    assert amounts(result["claim"], "priceValuated") == [None, "5000.00"]


async def test_a_claim_whose_lines_are_all_rejected_takes_nothing_a07(scheme: Scheme) -> None:
    await scheme.insure()
    claim = await scheme.handed_in(scheme.clinic.items[0])
    refused = [{"lineNo": 1, "status": "REJECTED", "justification": "Not needed"}]
    await scheme.change("reviewClaim", claim, scheme.doctor(), lines=refused)
    assert await scheme.usage() == []
    [result] = await scheme.process(claim["id"])
    assert result["errors"] == [{"code": "ILLEGAL_TRANSITION", "path": []}]


async def test_a_relative_price_waits_for_its_index_a15(scheme: Scheme) -> None:
    relative = {"price_origin": PriceOrigin.RELATIVE}
    await scheme.insure({scheme.clinic.items[0]: relative, scheme.clinic.services[0]: {}})
    claim = await scheme.processed((scheme.clinic.items[0], 3), scheme.clinic.services[0])
    assert (claim["status"], claim["valuated"], claim["remunerated"]) == ("PROCESSED", "8000.00", None)
    assert amounts(claim, "remunerated") == [None, "5000.00"]
    assert (await scheme.usage())[0].remunerated == 8000


async def test_lines_of_two_policies_are_valued_each_on_its_terms(scheme: Scheme) -> None:
    await scheme.insure({scheme.clinic.items[0]: {"limits": [co_insurance(50)]}})
    await scheme.insure({scheme.clinic.services[0]: {}})
    claim = await scheme.processed(scheme.clinic.items[0], scheme.clinic.services[0])
    assert amounts(claim, "priceValuated") == ["500.00", "5000.00"]
    assert sorted(usage.remunerated for usage in await scheme.usage()) == [500, 5000]


async def test_a_claim_is_processed_once(scheme: Scheme) -> None:
    await scheme.insure()
    claim = await scheme.processed()
    [again] = await scheme.process(claim["id"])
    assert again["errors"] == [{"code": "ILLEGAL_TRANSITION", "path": []}]


async def test_two_at_once_value_a_claim_once(scheme: Scheme) -> None:
    await scheme.insure()
    claim = await scheme.handed_in()
    results = await asyncio.gather(*(scheme.process(claim["id"]) for _ in range(2)))
    assert sorted(len(result["errors"]) for [result] in results) == [0, 1]
    for model in (ClaimValue, PolicyUsage):
        assert await scheme.session.scalar(select(func.count()).select_from(model)) == 1


async def test_two_claims_at_once_do_not_use_a_ceiling_twice(scheme: Scheme) -> None:
    await scheme.insure(ceiling_type=CeilingType.INSUREE, ceiling=Decimal(6000))
    entered = [await scheme.claim(scheme.clinic.services[0], on=date(2026, 6, day)) for day in (1, 2)]
    await asyncio.gather(*(scheme.hand_in(claim) for claim in entered))
    await asyncio.gather(*(scheme.process(claim.id) for claim in entered))
    assert await scheme.session.scalar(select(func.sum(ClaimValue.valuated))) == 6000


async def test_nobody_processes_a_claim_of_a_facility_he_works_for(scheme: Scheme) -> None:
    await scheme.insure()
    claim = await scheme.handed_in()
    insider = actor("MEDICAL_OFFICER", facility=[scheme.facility_id], district=[scheme.district.id])
    [result] = await scheme.process(claim["id"], by=insider)
    assert result["errors"] == [{"code": "OWN_FACILITY", "path": ["id"]}]


async def test_a_filter_processes_what_is_checked(scheme: Scheme) -> None:
    await scheme.insure()
    claim = await scheme.handed_in()
    await scheme.claim(on=date(2026, 6, 9))
    answer = await scheme.api(
        PROCESS, {"input": {"filter": {"healthFacilityId": scheme.facility_id}}}, actor=scheme.doctor()
    )
    assert [result["id"] for result in answer.data["processClaims"]["results"]] == [claim["id"]]


async def test_fifty_claims_cost_as_many_statements_as_one(scheme: Scheme) -> None:
    await scheme.insure()
    entered = [await scheme.claim(on=date(2026, 4, 1) + timedelta(days=day)) for day in range(51)]
    claims = await scheme.hand_in(*entered)
    ids = [claim["id"] for claim in claims]
    first = await scheme.api(PROCESS, {"input": {"ids": ids[:1]}}, actor=scheme.doctor())
    many = await scheme.api(PROCESS, {"input": {"ids": ids[1:]}}, actor=scheme.doctor())
    assert not [result for result in many.data["processClaims"]["results"] if result["errors"]]
    assert many.statements == first.statements
    valued = select(func.count()).select_from(Claim).where(Claim.status == ClaimStatus.VALUATED)
    assert await scheme.session.scalar(valued) == 51


async def test_what_submission_noted_of_lines_is_shown_once_processed_and_not_written_again(scheme: Scheme) -> None:
    await scheme.insure()
    claim = await scheme.handed_in(scheme.clinic.items[0], scheme.clinic.services[0])
    noted = await scheme.session.scalars(select(func.sum(LineValue.price_valuated)))
    assert noted.one() == 6000
    assert amounts(claim, "priceValuated") == amounts(claim, "remunerated") == [None, None]
    [result] = await scheme.process(claim["id"])
    assert amounts(result["claim"], "priceValuated") == ["1000.00", "5000.00"]
    written = select(HistoryRow.action).where(HistoryRow.table_name.in_(("valuation_line", "claim_line")))
    assert (await scheme.session.scalars(written)).all() == ["I"] * 4


async def test_what_is_noted_of_lines_follows_a_review(scheme: Scheme) -> None:
    await scheme.insure()
    claim = await scheme.handed_in(scheme.clinic.items[0], scheme.clinic.services[0])
    settled = [
        {"lineNo": 1, "status": "REJECTED", "justification": "Not needed"},
        {"lineNo": 2, "priceApproved": "4000"},
    ]
    await scheme.change("reviewClaim", claim, scheme.doctor(), lines=settled)
    noted = select(LineValue.price_valuated, LineValue.insuree_share).order_by(LineValue.claim_line_id)
    assert [tuple(row) for row in await scheme.session.execute(noted)] == [(None, None), (4000, 0)]
