"""What holds of every valuation, whatever the terms."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.money import money, total
from modules.medical.rules import PackageType, ServiceCategory, VisitType
from modules.product.rules import CeilingExclusion, CeilingInterpretation, CeilingType, LimitationType, PriceOrigin
from modules.valuation.rules import (
    Bundle,
    CategoryLimit,
    Limit,
    ProductTerms,
    Terms,
    Usage,
    Valuation,
    ValuedClaim,
    ValuedLine,
    ValuedPolicy,
    ceiling_left,
    deductible_left,
    is_hospital_visit,
    others_usage,
    valuate,
)

POLICIES = [UUID(int=1), UUID(int=2)]
INSUREES = [UUID(int=11), UUID(int=12)]
CLAIMS = [UUID(int=21), UUID(int=22)]

amounts = st.decimals(0, 3000, places=2, allow_nan=False, allow_infinity=False)
unset_or_amounts = st.none() | amounts
quantities = st.decimals(0, 9, places=1, allow_nan=False, allow_infinity=False)
percents = st.none() | st.decimals(0, 100, places=1, allow_nan=False, allow_infinity=False)
limits = st.builds(Limit, st.just(LimitationType.CO_INSURANCE), percents, percents) | st.builds(
    Limit, st.just(LimitationType.FIXED), unset_or_amounts, unset_or_amounts
)
exclusions = st.none() | st.sampled_from(CeilingExclusion)
terms = st.builds(
    Terms,
    price_origin=st.sampled_from(PriceOrigin),
    limits=st.dictionaries(st.sampled_from(VisitType), limits),
    ceiling_exclusion_adult=exclusions,
    ceiling_exclusion_child=exclusions,
)
parts = st.dictionaries(st.sampled_from("ab"), st.sampled_from([1, 2]), max_size=2)
bundles = st.builds(Bundle, st.sampled_from(PackageType), amounts, parts, parts)
products = st.builds(
    ProductTerms,
    ceiling_type=st.sampled_from(CeilingType),
    ceiling_interpretation=st.sampled_from(CeilingInterpretation),
    deductible=unset_or_amounts,
    deductible_in_patient=unset_or_amounts,
    deductible_out_patient=unset_or_amounts,
    ceiling=unset_or_amounts,
    ceiling_in_patient=unset_or_amounts,
    ceiling_out_patient=unset_or_amounts,
    threshold=st.none() | st.integers(0, 5),
    policy_ceiling_extra_member=unset_or_amounts,
    policy_ceiling_maximum=unset_or_amounts,
    policy_ceiling_extra_member_in_patient=unset_or_amounts,
    policy_ceiling_maximum_in_patient=unset_or_amounts,
    policy_ceiling_extra_member_out_patient=unset_or_amounts,
    policy_ceiling_maximum_out_patient=unset_or_amounts,
    category_limits=st.dictionaries(
        st.sampled_from(ServiceCategory), st.builds(CategoryLimit, max_amount=unset_or_amounts)
    ),
)
claims = st.builds(
    ValuedClaim,
    st.just(CLAIMS[0]),
    st.just(INSUREES[0]),
    st.sampled_from(ServiceCategory),
    st.booleans(),
    st.sampled_from(VisitType),
    st.booleans(),
    st.booleans(),
)
policies = st.fixed_dictionaries({policy: st.builds(ValuedPolicy, products, st.integers(1, 9)) for policy in POLICIES})
claim_lines = st.lists(
    st.builds(
        ValuedLine,
        st.integers(1, 9),
        st.booleans(),
        st.sampled_from(POLICIES),
        terms,
        quantities,
        amounts,
        st.none() | quantities,
        unset_or_amounts,
        unset_or_amounts,
        st.none() | bundles,
    ),
    max_size=6,
    unique_by=lambda line: (line.is_service, line.line_no),
)
earlier = st.lists(
    st.builds(
        Usage,
        st.sampled_from(POLICIES),
        st.sampled_from(INSUREES),
        st.just(CLAIMS[1]) | st.none(),
        amounts,
        amounts,
        unset_or_amounts,
        unset_or_amounts,
        unset_or_amounts,
        unset_or_amounts,
    ),
    max_size=4,
)


@given(claims, claim_lines, policies, earlier, st.booleans())
def test_every_line_adds_up_to_the_cent_decision_30(
    claim: ValuedClaim,
    lines: list[ValuedLine],
    policies: dict[UUID, ValuedPolicy],
    usage: list[Usage],
    lower: bool,
) -> None:
    valuation = valuate(claim, lines, policies, usage, lower_of_asked_and_list=lower)
    assert len(valuation.lines) == len(lines)
    for line in valuation.lines:
        parts = (line.deducted, line.insuree_share, line.exceeded_category, line.exceeded_ceiling, line.valuated)
        assert total(parts) == money(line.quantity * line.unit) == line.amount
        assert all(part >= 0 and part == money(part) for part in parts)
        assert line.remunerated in (None, line.valuated)


@given(claims, claim_lines, policies, earlier)
def test_no_more_is_paid_than_was_asked_where_the_origin_or_the_setting_says_so_decision_31(
    claim: ValuedClaim, lines: list[ValuedLine], policies: dict[UUID, ValuedPolicy], usage: list[Usage]
) -> None:
    asked = {(line.is_service, line.line_no): line for line in lines}
    for lower in (False, True):
        for value in valuate(claim, lines, policies, usage, lower_of_asked_and_list=lower).lines:
            line = asked[value.is_service, value.line_no]
            bounded = line.terms.price_origin is PriceOrigin.OWN
            bounded |= lower and line.terms.price_origin is PriceOrigin.PRICE_LIST
            if line.price_approved is not None:
                assert value.valuated <= money(line.quantity * line.price_approved)
            elif bounded and line.price_asked is not None:
                assert value.valuated <= money(line.quantity * line.price_asked)
            assert value.valuated <= value.amount


@given(claims, claim_lines, policies, earlier)
def test_a_claim_is_worth_its_lines_and_takes_from_each_policy_what_these_pay(
    claim: ValuedClaim, lines: list[ValuedLine], policies: dict[UUID, ValuedPolicy], usage: list[Usage]
) -> None:
    valuation = valuate(claim, lines, policies, usage)
    assert valuation.valuated == total(line.valuated for line in valuation.lines)
    excluded = [line for line in valuation.lines if line.exceeded_ceiling]
    for row in valuation.usage:
        own = [line for line in valuation.lines if line.policy_id == row.policy_id]
        left = ceiling_left(
            policies[row.policy_id].terms,
            is_hospital_visit(policies[row.policy_id].terms, claim),
            policies[row.policy_id].members,
            others_usage(
                usage, policies[row.policy_id].terms.ceiling_type, row.policy_id, claim.insuree_id, claim.claim_id
            ),
        )
        # What exceeds a ceiling exceeds it because nothing is left of it.
        assert not [line for line in excluded if line in own] or row.remunerated == left


@given(claims, claim_lines, policies, earlier)
def test_deductible_category_and_ceiling_are_never_exceeded(
    claim: ValuedClaim, lines: list[ValuedLine], policies: dict[UUID, ValuedPolicy], usage: list[Usage]
) -> None:
    for row in valuate(claim, lines, policies, usage).usage:
        policy = policies[row.policy_id]
        inside = is_hospital_visit(policy.terms, claim)
        others = others_usage(usage, policy.terms.ceiling_type, row.policy_id, claim.insuree_id, claim.claim_id)
        assert row.deducted <= deductible_left(policy.terms, inside, others)
        ceiling = ceiling_left(policy.terms, inside, policy.members, others)
        assert ceiling is None or row.remunerated <= ceiling
        maximum = policy.terms.category_limit(claim.category).max_amount
        assert not maximum or all(amount <= maximum for amount in row.by_category.values())


@given(claims, claim_lines, policies, earlier)
def test_usage_is_the_sum_of_the_lines(
    claim: ValuedClaim, lines: list[ValuedLine], policies: dict[UUID, ValuedPolicy], usage: list[Usage]
) -> None:
    valuation = valuate(claim, lines, policies, usage)
    for row in valuation.usage:
        own = [line for line in valuation.lines if line.policy_id == row.policy_id]
        assert row.deducted == total(line.deducted for line in own)
        assert row.remunerated <= total(line.valuated for line in own)
        assert {row.deducted_in_patient, row.deducted_out_patient} == {row.deducted, None}
        assert {row.remunerated_in_patient, row.remunerated_out_patient} == {row.remunerated, None}
    assert {row.policy_id for row in valuation.usage} == {line.policy_id for line in lines}


@given(claims, claim_lines, policies, earlier)
def test_valuing_again_changes_nothing(
    claim: ValuedClaim, lines: list[ValuedLine], policies: dict[UUID, ValuedPolicy], usage: list[Usage]
) -> None:
    first = valuate(claim, lines, policies, usage)
    again = valuate(claim, lines[::-1], policies, [*usage, *first.usage])
    assert again == first


@given(claims, claim_lines, policies, earlier)
def test_what_is_paid_never_grows_with_what_was_used_before(
    claim: ValuedClaim, lines: list[ValuedLine], policies: dict[UUID, ValuedPolicy], usage: list[Usage]
) -> None:
    without_deductibles = {
        policy_id: ValuedPolicy(ProductTerms(policy.terms.ceiling_type, ceiling=policy.terms.ceiling))
        for policy_id, policy in policies.items()
    }

    def paid(rows: list[Usage]) -> Valuation:
        return valuate(claim, lines, without_deductibles, rows)

    assert paid(usage).valuated <= paid([]).valuated
