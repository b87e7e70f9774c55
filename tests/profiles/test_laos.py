"""Laos: the family pays one half and the government the other; half of the claims settles all of them."""

from datetime import date

from core.testing import Api, Change
from modules.contribution.testing import make_payer
from modules.insuree.models import Family
from modules.product.testing import make_product
from tests.modules.valuation.scheme import START, Scheme
from tests.modules.valuation.test_sampling import all_claims, complete, review, sample

POLICY = "policy { id status value familyShare payerShare balance }"


async def test_cover_begins_when_the_government_has_paid_its_half_too(change: Change, scheme: Scheme) -> None:
    session = scheme.session
    product = await make_product(session, lump_sum=40_000, subsidies={"STANDARD": 50})
    government = await make_payer(session, name="Ministry of Health")
    (await session.get_one(Family, scheme.family.id)).membership_category_code = "STANDARD"
    await session.commit()
    enrolled = await change("enrolPolicy", POLICY, familyId=scheme.family.id, productId=product.id)
    policy = enrolled["policy"]
    assert (policy["value"], policy["familyShare"], policy["payerShare"]) == ("40000.00", "20000.00", "20000.00")
    half = {"policyId": policy["id"], "amount": "20000", "paymentTypeCode": "C"}
    paid = "contribution { policy { status balance } }"
    by_family = await change("recordContribution", paid, receipt="1", **half)
    assert by_family["contribution"]["policy"] == {"status": "IDLE", "balance": "20000.00"}
    by_government = await change("recordContribution", paid, receipt="2", payerId=government.id, **half)
    assert by_government["contribution"]["policy"] == {"status": "ACTIVE", "balance": "0.00"}


async def test_what_is_left_of_the_reviewed_half_is_left_of_the_other(api: Api, scheme: Scheme) -> None:
    item = scheme.clinic.items[0]
    await scheme.insure({item: {}}, starts_on=START)
    entered = [await scheme.claim((item, 2), on=date(2026, 6, day)) for day in (1, 3)]
    claims = await scheme.hand_in(*entered)
    drawn = (await sample(scheme, ids=[claim["id"] for claim in claims], percent=50))["claimSample"]
    [chosen] = drawn["drawn"]["nodes"]
    await review(scheme, chosen, {"lineNo": 1, "quantityApproved": "1"})
    settled = await complete(scheme, drawn)
    assert (settled["errors"], settled["claimSample"]["ratio"]) == ([], "0.5000")
    assert [claim["approved"] for claim in await all_claims(scheme)] == ["1000.00", "1000.00"]
