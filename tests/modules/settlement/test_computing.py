from datetime import date
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, new_id
from core.money import total
from core.testing import Api
from modules.claim.testing import make_clinic
from modules.contribution.testing import make_contribution
from modules.insuree.testing import make_family
from modules.location.models import FacilityCatchment, Location
from modules.location.rules import CareType
from modules.location.testing import make_district, make_village, make_ward
from modules.policy.testing import make_policy
from modules.product.models import Capitation, CapitationLevel
from modules.product.rules import IndexPeriod
from modules.product.testing import make_product, terms_of
from modules.settlement.models import CapitationShare, FacilityStatement, RunClaim, RunLine
from modules.settlement.testing import listed, relative
from modules.valuation.models import ClaimValue, LineValue
from tests.modules.settlement.scheme import START, Scheme, make_scheme, nodes

WEIGHTS = ("population", "families", "insured_population", "insured_families", "visits", "adjusted_amount")


async def pay_per_head(session: AsyncSession, scheme: Scheme, share: int = 50, **weights: int) -> None:
    """Give the scheme's product a capitation that pays dispensaries."""
    terms = await terms_of(session, scheme.product)
    capitation = Capitation(
        id=new_id(),
        terms_id=terms.id,
        share=Decimal(share),
        **{f"weight_{name}": Decimal(weights.get(name, 0)) for name in WEIGHTS},
    )
    session.add(capitation)
    await session.flush()
    session.add(CapitationLevel(capitation_id=capitation.id, level_code="D"))
    await session.commit()


async def test_what_relative_lines_get_adds_up_to_the_shilling(scheme: Scheme) -> None:
    # An index of 1/3 cuts each 100 to 33.33; the three together get 99.99, to the cent of what they earn.
    await scheme.pay_premium(36_500)
    for _ in range(7):
        await scheme.claim(relative("999.99"), relative("333.37"), listed("0.01"))
    run = await scheme.run()
    [index], [statement] = run["indices"], nodes(run)
    lines = (await scheme.session.scalars(select(RunLine.remunerated))).all()
    claims = (await scheme.session.scalars(select(RunClaim.remunerated))).all()
    earned = round(Decimal(index["denominator"]) * Decimal(index["value"]), 2)
    assert len(lines) == 14
    assert total(lines) == earned
    assert total(claims) == earned + Decimal("0.07") == Decimal(statement["remunerated"])


async def test_statements_of_all_facilities_add_up_to_the_run(scheme: Scheme) -> None:
    await scheme.pay_premium(36_500)
    other = await make_clinic(scheme.session, await make_district(scheme.session, scheme.region))
    for clinic in (scheme.clinic, other, other):
        await scheme.claim(relative("777.77"), listed(10), clinic=clinic)
    headquarters = scheme.somebody(scheme.district, await scheme.session.get_one(Location, other.facility.location_id))
    run = await scheme.run(who=headquarters)
    assert sorted(statement["claimCount"] for statement in nodes(run)) == [1, 2]
    assert str(total(Decimal(statement["amountToPay"]) for statement in nodes(run))) == run["amountToPay"]
    claims = (await scheme.session.scalars(select(RunClaim.remunerated))).all()
    assert str(total(claims)) == run["amountToPay"]


async def test_lines_add_up_to_claims_claims_to_statements_and_statements_to_the_run_decision_33(
    scheme: Scheme,
) -> None:
    chance = Random(33)
    clinics = [scheme.clinic, *[await make_clinic(scheme.session, scheme.district) for _ in range(2)]]
    await scheme.pay_premium(36_500)
    for _ in range(20):
        kinds = chance.choices((relative, listed), k=chance.randint(1, 4))
        lines = [kind(Decimal(chance.randint(1, 99_999)) / 100) for kind in kinds]
        stay = {"date_to": date(2026, 5, 20)} if chance.random() < 0.5 else {}
        await scheme.claim(*lines, clinic=chance.choice(clinics), **stay)
    run = await scheme.confirmed()
    await scheme.session.commit()

    async def sums(query: Any) -> dict[UUID, Decimal]:
        return dict((await scheme.session.execute(query)).all())

    of_claims = await sums(select(ClaimValue.claim_id, ClaimValue.remunerated))
    by_line = select(LineValue.claim_id, func.sum(LineValue.remunerated)).group_by(LineValue.claim_id)
    assert await sums(by_line) == await sums(select(RunClaim.claim_id, RunClaim.remunerated)) == of_claims
    by_statement = select(RunClaim.statement_id, func.sum(RunClaim.remunerated)).group_by(RunClaim.statement_id)
    of_statements = await sums(select(FacilityStatement.id, FacilityStatement.amount_to_pay))
    assert await sums(by_statement) == of_statements
    assert len(of_statements) == len(clinics)
    assert total(of_statements.values()) == Decimal(run["amountToPay"]) == total(of_claims.values())


async def test_the_product_pays_for_care_wherever_it_was_given_decision_33(scheme: Scheme) -> None:
    elsewhere = await make_clinic(scheme.session)
    await scheme.claim(listed(700), clinic=elsewhere)
    [statement] = nodes(await scheme.run())
    assert (statement["healthFacility"], statement["amountToPay"]) == ({"code": elsewhere.facility.code}, "700.00")


async def test_a_run_settles_the_products_of_its_own_place_only(scheme: Scheme, actor: Any) -> None:
    local = await make_product(scheme.session, scheme.district)
    national = await make_product(scheme.session)
    policies = [
        await make_policy(scheme.session, scheme.family, product, starts_on=START) for product in (local, national)
    ]
    for policy, amount in zip((scheme.policy, *policies), (100, 20, 3), strict=True):
        await scheme.claim(listed(amount), policy=policy)
    headquarters = actor("ACCOUNTANT")
    for place, paid in ((None, "3.00"), (scheme.region.id, "100.00"), (scheme.district.id, "20.00")):
        assert (await scheme.run(who=headquarters, locationId=place))["amountToPay"] == paid


async def test_in_and_out_patient_care_have_an_index_each(session: AsyncSession, api: Api) -> None:
    terms = {"index_period_in_patient": IndexPeriod.MONTH, "index_period_out_patient": IndexPeriod.QUARTER}
    scheme = await make_scheme(session, api, **terms)
    await scheme.pay_premium(36_500)
    await scheme.claim(relative(6200), date_to=date(2026, 5, 14))
    await scheme.claim(relative(1000))
    may = await scheme.run(5)
    assert [(index["careType"], index["value"]) for index in may["indices"]] == [("IN_PATIENT", "0.5000")]
    assert (may["claimCount"], may["amountToPay"]) == (1, "3100.00")
    june = await scheme.run(6)
    sides = [(index["careType"], index["denominator"], index["allocatedPremium"]) for index in june["indices"]]
    assert sorted(sides) == [("IN_PATIENT", "0.00", "3000.00"), ("OUT_PATIENT", "1000.00", "9100.00")]


async def test_the_index_spends_its_periods_share_of_the_premium(session: AsyncSession, api: Api) -> None:
    months = [0] * 12
    months[4] = 60
    shares = {(CareType.BOTH, IndexPeriod.MONTH): months, (CareType.BOTH, IndexPeriod.QUARTER): [1, 2, 3, 4]}
    scheme = await make_scheme(session, api, index_period=IndexPeriod.MONTH, distributions=shares)
    await scheme.pay_premium(36_500)
    await scheme.claim(relative(3100))
    run = await scheme.run(5)
    [index] = run["indices"]
    assert (index["allocatedPremium"], index["distributionPercent"]) == ("3100.00", "60.0000")
    assert (index["value"], run["amountToPay"]) == ("0.6000", "1860.00")


async def test_each_care_side_has_its_own_shares(session: AsyncSession, api: Api) -> None:
    both = {"index_period_in_patient": IndexPeriod.MONTH, "index_period_out_patient": IndexPeriod.MONTH}
    shares = {(CareType.IN_PATIENT, IndexPeriod.MONTH): [50] * 12}
    scheme = await make_scheme(session, api, distributions=shares, **both)
    await scheme.pay_premium(36_500)
    await scheme.claim(relative(3100), date_to=date(2026, 5, 14))
    await scheme.claim(relative(3100))
    indices = (await scheme.run(5))["indices"]
    assert {index["careType"]: index["value"] for index in indices} == {"IN_PATIENT": "0.5000", "OUT_PATIENT": "1.0000"}


async def test_a_product_without_an_index_pays_relative_prices_in_full(session: AsyncSession, api: Api) -> None:
    scheme = await make_scheme(session, api)
    await scheme.claim(relative(1000))
    run = await scheme.run()
    assert (run["indices"][0]["value"], run["amountToPay"]) == ("1.0000", "1000.00")


async def test_only_money_that_counts_is_allocated(scheme: Scheme) -> None:
    await scheme.pay_premium(36_500)
    await scheme.claim(relative(10_000))
    late = await make_contribution(scheme.session, scheme.policy, Decimal(100), paid_on=date(2026, 6, 1))
    fee = await make_contribution(scheme.session, scheme.policy, Decimal(100), paid_on=START, is_photo_fee=True)
    void = await make_contribution(
        scheme.session, scheme.policy, Decimal(100), paid_on=START, voided_at=clock.now(), void_reason="Double"
    )
    await scheme.session.commit()
    assert {late.amount, fee.amount, void.amount} == {Decimal(100)}
    assert (await scheme.preview())["indices"][0]["allocatedPremium"] == "3100.00"


async def test_each_product_pays_its_own_lines_of_a_claim_at_its_own_index(scheme: Scheme, actor: Any) -> None:
    national = await make_product(scheme.session, index_period=IndexPeriod.MONTH)
    other = await make_policy(scheme.session, scheme.family, national, starts_on=START)
    await scheme.pay_premium(36_500)
    await scheme.pay_premium(730, policy=other)
    claim = await scheme.claim(relative(10_000), relative(400, other), listed(7, other), claimed=10_500)
    headquarters, colleague = actor("ACCOUNTANT"), actor("ACCOUNTANT")
    # The region has 3100 for 10 000, the nation 62 for 400: 31 shillings of a hundred here, 15.50 there.
    of_nation = await scheme.run(who=headquarters, locationId=None)
    [statement] = nodes(of_nation)
    assert [statement[name] for name in ("claimCount", "claimed", "valuated", "remunerated")] == [
        1, "407.00", "407.00", "69.00"
    ]  # fmt: skip
    assert [index["value"] for index in of_nation["indices"]] == ["0.1550"]
    assert (await scheme.confirm(of_nation, colleague))["errors"] == []
    assert (await scheme.look(claim))["status"] == "PROCESSED"
    paid = await scheme.pay(statement, who=headquarters)
    assert (paid["errors"], (await scheme.look(claim))["paidOn"]) == ([], None)
    of_region = await scheme.confirmed()
    [statement] = nodes(of_region)
    # The region answers for what the facility asked and nobody pays: its product has the first line.
    assert [statement[name] for name in ("claimCount", "claimed", "valuated", "remunerated")] == [
        1, "10093.00", "10000.00", "3100.00"
    ]  # fmt: skip
    seen = await scheme.look(claim)
    assert (seen["status"], seen["remunerated"], seen["paidOn"]) == ("VALUATED", "3169.00", None)
    await scheme.pay(statement, "T2")
    seen = await scheme.look(claim)
    assert (seen["status"], seen["paidOn"]) == ("PAID", "2026-07-05")


async def test_a_claim_of_two_products_waits_for_the_one_whose_period_is_not_over(scheme: Scheme) -> None:
    quarterly = await make_product(scheme.session, scheme.region, index_period=IndexPeriod.QUARTER)
    other = await make_policy(scheme.session, scheme.family, quarterly, starts_on=START)
    await scheme.pay_premium(36_500)
    claim = await scheme.claim(relative(10_000), relative(100, other))
    may = await scheme.confirmed()
    assert (may["claimCount"], may["amountToPay"]) == (1, "3100.00")
    [statement] = nodes(may)
    await scheme.pay(statement)
    assert (await scheme.look(claim))["status"] == "PROCESSED"
    june = await scheme.confirmed(month=6)
    assert (june["claimCount"], june["amountToPay"]) == (1, "0.00")
    # Nothing was paid in for the quarterly product: its index is 0, and the run that pays nothing ends the claim.
    seen = await scheme.look(claim)
    assert (seen["status"], seen["remunerated"]) == ("PAID", "3100.00")


async def test_undoing_one_of_two_runs_of_a_claim_leaves_the_other(scheme: Scheme, actor: Any) -> None:
    national = await make_product(scheme.session, index_period=IndexPeriod.MONTH)
    other = await make_policy(scheme.session, scheme.family, national, starts_on=START)
    await scheme.pay_premium(36_500)
    claim = await scheme.claim(relative(10_000), listed(7, other))
    headquarters, colleague = actor("ACCOUNTANT"), actor("ACCOUNTANT")
    of_region = await scheme.confirmed()
    of_nation = (await scheme.confirm(await scheme.run(who=headquarters, locationId=None), colleague))["batchRun"]
    assert (await scheme.look(claim))["remunerated"] == "3107.00"
    assert (await scheme.undo(of_region))["errors"] == []
    assert (await scheme.look(claim))["status"] == "PROCESSED"
    await scheme.pay(nodes(of_nation)[0], who=headquarters)
    assert (await scheme.look(claim))["status"] == "PROCESSED"
    again = await scheme.confirmed()
    await scheme.pay(nodes(again)[0], "T2")
    assert (await scheme.look(claim))["status"] == "PAID"


async def test_a_facility_paid_per_head_is_not_paid_for_care_once_more(scheme: Scheme) -> None:
    await pay_per_head(scheme.session, scheme, visits=100)
    hospital = await make_clinic(scheme.session, scheme.district, level_code="H")
    await scheme.pay_premium(36_500)
    per_head = await scheme.claim(relative(1000), listed(500))
    await scheme.claim(relative(3100), clinic=hospital)
    run = await scheme.confirmed()
    assert (run["indices"][0]["denominator"], run["indices"][0]["value"]) == ("3100.00", "1.0000")
    statements = {each["healthFacility"]["code"]: each for each in nodes(run)}
    dispensary, other = statements[scheme.clinic.facility.code], statements[hospital.facility.code]
    assert [dispensary[name] for name in ("valuated", "remunerated", "capitation", "amountToPay")] == [
        "1500.00", "0.00", "1550.00", "1550.00"
    ]  # fmt: skip
    assert [other[name] for name in ("remunerated", "capitation", "amountToPay")] == ["3100.00", "0.00", "3100.00"]
    seen = await scheme.look(per_head)
    assert (seen["status"], seen["remunerated"]) == ("VALUATED", "0.00")
    undone = await scheme.undo(run)
    assert undone["errors"] == []
    assert (await scheme.look(per_head))["status"] == "PROCESSED"


async def test_capitation_stores_what_each_criterion_pays(scheme: Scheme) -> None:
    await pay_per_head(
        scheme.session, scheme, 50, population=20, families=10, insured_population=30, insured_families=20, visits=10,
        adjusted_amount=10,
    )  # fmt: skip
    other = await make_clinic(scheme.session, scheme.district)
    ward = await make_ward(scheme.session, scheme.district)
    counts = {"male_population": 300, "female_population": 290, "other_population": 10, "families": 120}
    village = await make_village(scheme.session, ward, **counts)
    family = await make_family(scheme.session, village, members=3)
    await make_policy(scheme.session, family, scheme.product, starts_on=START)
    for clinic, percent in ((scheme.clinic, 60), (other, 40)):
        scheme.session.add(
            FacilityCatchment(facility_id=clinic.facility.id, location_id=village.id, percent=Decimal(percent))
        )
    await scheme.pay_premium(365_000)
    for clinic in (scheme.clinic, scheme.clinic, scheme.clinic, other):
        await scheme.claim(listed(250), clinic=clinic)
    run = await scheme.run()
    rows = await scheme.session.execute(
        select(FacilityStatement.health_facility_id, CapitationShare.criterion, CapitationShare.units, CapitationShare.amount)
        .join(CapitationShare, CapitationShare.statement_id == FacilityStatement.id)
    )  # fmt: skip
    shares = {(facility, criterion.name): (units, amount) for facility, criterion, units, amount in rows}
    # A half of May's 31 000 is 15 500.
    here, there = scheme.clinic.facility.id, other.facility.id
    assert {name: shares[here, name] for _, name in shares if (here, name) in shares} == {
        "POPULATION": (Decimal(360), Decimal(1860)),
        "FAMILIES": (Decimal(72), Decimal(930)),
        "INSURED_INSUREES": (Decimal("1.8"), Decimal(2790)),
        "INSURED_FAMILIES": (Decimal("0.6"), Decimal(1860)),
        "VISITS": (Decimal(3), Decimal("1162.50")),
        "ADJUSTED_AMOUNT": (Decimal(750), Decimal("1162.50")),
    }
    assert total(amount for (facility, _), (_, amount) in shares.items() if facility == there) == Decimal(5735)
    assert (run["capitation"], run["remunerated"], run["amountToPay"]) == ("15500.00", "0.00", "15500.00")


async def test_statements_do_not_grow_with_the_claims(scheme: Scheme) -> None:
    await scheme.pay_premium(36_500)

    async def cost(month: int, claims: int) -> list[int]:
        for _ in range(claims):
            await scheme.claim(relative(100), listed(50), on=date(2026, month, 5))
        counts = []
        document = (
            "mutation($input: RunBatchInput!) { runBatch(input: $input) { batchRun { id version } errors { code } } }"
        )
        place = {"locationId": scheme.region.id, "year": 2026, "month": month}
        answer = await scheme.api(document, {"input": place}, actor=scheme.accountant)
        counts.append(answer.statements)
        run = answer.data["runBatch"]["batchRun"]
        document = "mutation($input: ConfirmBatchRunInput!) { confirmBatchRun(input: $input) { batchRun { version } errors { code } } }"
        change = {"id": run["id"], "expectedVersion": run["version"]}
        answer = await scheme.api(document, {"input": change}, actor=scheme.colleague)
        assert answer.data["confirmBatchRun"]["errors"] == []
        counts.append(answer.statements)
        return counts

    one = await cost(4, 1)
    assert await cost(5, 12) == one
