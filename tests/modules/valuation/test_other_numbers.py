"""The rules of valuation at numbers that no specification prints; every expected figure was worked out by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from modules.medical.rules import ServiceCategory, VisitType
from modules.policy.rules import MemberCover
from modules.product.rules import CeilingExclusion, CeilingType, LimitationType
from modules.valuation.rules import (
    Candidate,
    CategoryLimit,
    CoverLine,
    CoverVisit,
    Limit,
    ProductTerms,
    Terms,
    Usage,
    ValuedClaim,
    ValuedLine,
    ValuedPolicy,
    choose,
    find_cover,
    valuate,
)

POLICY, INSUREE, SPOUSE = UUID(int=1), UUID(int=11), UUID(int=12)
CLAIM = ValuedClaim(UUID(int=21), INSUREE, ServiceCategory.VISIT, adult=True)
INSIDE = replace(CLAIM, hospital_stay=True)
POLICYWIDE, PERSONAL = CeilingType.POLICY, CeilingType.INSUREE


def dec(value: str | int) -> Decimal:
    return Decimal(value)


def pays(percent: int) -> Terms:
    return Terms(limits={VisitType.OTHER: Limit(LimitationType.CO_INSURANCE, dec(percent), dec(percent))})


def up_to(amount: int) -> Terms:
    return Terms(limits={VisitType.OTHER: Limit(LimitationType.FIXED, dec(amount), dec(amount))})


def line(no: int, price: str, quantity: str = "1", terms: Terms | None = None, service: bool = False) -> ValuedLine:
    return ValuedLine(no, service, POLICY, terms or Terms(), dec(quantity), dec(price))


def taken(number: int, insuree: UUID = INSUREE, inside: bool = False, deducted: str = "0", paid: str = "0") -> Usage:
    """What an earlier claim took, of its side."""
    amounts = {"deducted": dec(deducted), "remunerated": dec(paid)}
    side = "in_patient" if inside else "out_patient"
    of_side = {f"{name}_{side}": amount for name, amount in amounts.items()}
    return Usage(POLICY, insuree, UUID(int=number), **amounts, **of_side)  # type: ignore[arg-type]


def split(
    *lines: ValuedLine, terms: ProductTerms | None = None, claim: ValuedClaim = CLAIM, before: tuple[Usage, ...] = (),
    members: int = 1,
) -> list[tuple[str, ...]]:  # fmt: skip
    """Deducted, the insuree's share, exceeded of the category and of the ceiling, and valuated; they add up."""
    valuation = valuate(claim, lines, {POLICY: ValuedPolicy(terms or ProductTerms(), members)}, before)
    found = []
    for value in valuation.lines:
        parts = (
            value.deducted, value.insuree_share, value.exceeded_category, value.exceeded_ceiling, value.valuated
        )  # fmt: skip
        assert sum(parts) == value.amount
        found.append(tuple(map(str, parts)))
    return found


def test_halves_of_a_cent_go_to_the_facility() -> None:
    # 3 x 333.33 = 999.99, 85 % of it 849.9915; 50 % of 0.05 is 0.025; 2.5 x 0.03 = 0.075 is 0.08.
    found = split(
        line(1, "333.33", "3", pays(85)), line(2, "0.05", terms=pays(50)), line(3, "0.03", "2.5", pays(100))
    )  # fmt: skip
    assert found == [
        ("0.00", "150.00", "0.00", "0.00", "849.99"),
        ("0.00", "0.02", "0.00", "0.00", "0.03"),
        ("0.00", "0.00", "0.00", "0.00", "0.08"),
    ]


def test_a_policys_deductible_is_what_the_family_left_of_it_and_comes_before_shares() -> None:
    # 1000 less 450 and 250 leave 300: 200 of the drug, whose product pays at most 200 of 250, and 100 of the service.
    terms = ProductTerms(ceiling_type=POLICYWIDE, deductible=dec(1000))
    before = (taken(31, deducted="450"), taken(32, SPOUSE, deducted="250"))
    found = split(
        line(1, "1000", terms=pays(90), service=True), line(2, "250", terms=up_to(200)), terms=terms, before=before
    )
    assert found == [("200.00", "50.00", "0.00", "0.00", "0.00"), ("100.00", "90.00", "0.00", "0.00", "810.00")]


def test_each_side_has_its_own_deductible_and_only_the_persons_own_claims_use_it_up() -> None:
    terms = ProductTerms(ceiling_type=PERSONAL, deductible_in_patient=dec(700), deductible_out_patient=dec(100))
    before = (taken(31, inside=True, deducted="640"), taken(32, deducted="100"), taken(33, SPOUSE, True, "60"))
    assert split(line(1, "500"), terms=terms, claim=INSIDE, before=before)[0][0] == "60.00"
    assert split(line(1, "500"), terms=terms, before=before)[0][0] == "0.00"


def test_a_treatments_deductible_and_ceiling_begin_anew_with_each_claim() -> None:
    terms = ProductTerms(deductible=dec(30), ceiling=dec("99.99"))
    before = (taken(31, deducted="30", paid="99.99"),)
    assert split(line(1, "200"), terms=terms, before=before) == [("30.00", "0.00", "0.00", "70.01", "99.99")]


def test_out_patient_ceilings_know_nothing_of_stays_nor_of_others() -> None:
    # 5000 less 4200 leave 800.
    terms = ProductTerms(ceiling_type=PERSONAL, ceiling_out_patient=dec(5000), ceiling_in_patient=dec(3000))
    before = (taken(31, paid="4200"), taken(32, inside=True, paid="3000"), taken(33, SPOUSE, paid="5000"))
    assert split(line(1, "1000"), terms=terms, before=before) == [("0.00", "0.00", "0.00", "200.00", "800.00")]
    # Of the stays' ceiling nothing is left.
    assert split(line(1, "1000"), terms=terms, claim=INSIDE, before=before)[0][4] == "0.00"


@pytest.mark.parametrize(("members", "valuated"), [(3, "0.00"), (5, "10.00"), (7, "11.50")])
def test_a_policys_ceiling_grows_with_its_members_up_to_its_maximum(members: int, valuated: str) -> None:
    # 50 000, then 65 000, then 80 000 cut to 70 000; 64 990 are used.
    terms = ProductTerms(
        ceiling_type=POLICYWIDE, ceiling=dec(50_000), threshold=3, policy_ceiling_extra_member=dec(7500),
        policy_ceiling_maximum=dec(70_000),
    )  # fmt: skip
    before = (taken(31, paid="40000"), taken(32, SPOUSE, True, paid="24990"))
    assert split(line(1, "11.50"), terms=terms, before=before, members=members)[0][4] == valuated


def test_what_exceeds_the_category_does_not_use_up_the_ceiling() -> None:
    # Of 2 x 1000 the surgery's 1500 leave 1000 and 500; the ceiling of 1200 leaves 1000 and 200.
    terms = ProductTerms(
        ceiling_type=PERSONAL, ceiling=dec(2000),
        category_limits={ServiceCategory.SURGERY: CategoryLimit(max_amount=dec(1500))},
    )  # fmt: skip
    surgery = replace(CLAIM, category=ServiceCategory.SURGERY)
    found = split(line(1, "1000"), line(2, "1000"), terms=terms, claim=surgery, before=(taken(31, paid="800"),))
    assert found == [("0.00", "0.00", "0.00", "0.00", "1000.00"), ("0.00", "0.00", "500.00", "300.00", "200.00")]


def test_lines_without_ceiling_are_paid_where_none_is_left_and_leave_it_to_the_others() -> None:
    terms = ProductTerms(ceiling_type=PERSONAL, ceiling=dec(1000))
    outside = Terms(ceiling_exclusion_adult=CeilingExclusion.NON_HOSPITAL, ceiling_exclusion_child=None)
    before = (taken(31, paid="700"),)
    found = split(line(1, "900", terms=outside), line(2, "400"), terms=terms, before=before)
    assert [row[4] for row in found] == ["900.00", "300.00"]
    child = split(line(1, "900", terms=outside), terms=terms, claim=replace(CLAIM, adult=False), before=before)
    assert child[0][3:] == ("600.00", "300.00")
    assert split(line(1, "900", terms=outside), terms=terms, claim=INSIDE, before=before)[0][4] == "300.00"


@pytest.mark.parametrize(("price", "fixed_pays"), [("399.99", True), ("400", False), ("400.01", False), ("299", True)])
def test_a_fixed_amount_pays_only_where_it_leaves_less_to_the_insuree(price: str, fixed_pays: bool) -> None:
    # A quarter of 400 is 100, as is 400 less 300; above, the quarter is less. 300 covers 299 whole.
    offers = [Candidate(POLICY, pays(75), MEMBER), Candidate(UUID(int=2), up_to(300), MEMBER)]
    chosen = choose(offers, dec(price), VisitType.OTHER, adult=True)
    assert (chosen is offers[1]) == fixed_pays


LEAP = date(2024, 2, 29)
MEMBER = MemberCover(new=True, policy_effective_on=LEAP, effective_on=LEAP, expires_on=date(2025, 2, 27))


@pytest.mark.parametrize(
    ("effective", "months", "last_refused", "first_covered"),
    [
        (LEAP, 12, date(2025, 2, 27), date(2025, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 28), LEAP),
        (date(2022, 8, 31), 6, date(2023, 2, 27), date(2023, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 27), date(2024, 2, 28)),
    ],
)
def test_waiting_periods_end_on_the_day_of_the_month_also_in_leap_years(
    effective: date, months: int, last_refused: date, first_covered: date
) -> None:
    member = replace(MEMBER, policy_effective_on=effective, effective_on=effective)
    offer = Candidate(POLICY, Terms(waiting_period_adult=months), member)
    for day, covered in ((last_refused, False), (first_covered, True)):
        visit = CoverVisit(day, ServiceCategory.VISIT, VisitType.OTHER, adult=True)
        [found] = find_cover([CoverLine(1, "X", dec(1), dec(100), (offer,))], visit)
        assert (found.candidate is not None) is covered


def test_lines_of_one_element_share_what_is_left_of_its_limit_items_first() -> None:
    # 10 less 6.5 leave 3.5: the item takes 2, the service of the same code 1.5 of its 3, and nothing is left.
    offer = Candidate(POLICY, Terms(limit_number_adult=10), MEMBER, used=dec("6.5"))
    visit = CoverVisit(date(2024, 6, 1), ServiceCategory.VISIT, VisitType.OTHER, adult=True)
    given = [
        CoverLine(no, "X", dec(quantity), dec(1), (offer,), is_service=no < 3) for no, quantity in ((1, 3), (2, 1), (3, 2))
    ]  # fmt: skip
    found = {cover.line_no: cover for cover in find_cover(given, visit)}
    assert [(found[no].candidate is not None, found[no].quantity) for no in (3, 1, 2)] == [
        (True, dec(2)), (True, dec("1.5")), (False, dec(1))
    ]  # fmt: skip
