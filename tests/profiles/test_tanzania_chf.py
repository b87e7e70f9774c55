"""Mainland Tanzania: a household of six pays once a year, and the facility gets the lower of asked and listed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.testing import Api, Change
from modules.location.testing import make_village
from modules.product.testing import make_product
from tests.modules.valuation.scheme import Scheme, lines

PERSON = {"lastName": "Mushi", "otherNames": "Neema", "birthDate": "1990-01-31", "genderCode": "F"}


@pytest.mark.parametrize(
    ("number", "code"), [("070707076", "INSURANCE_NUMBER_CHECK_DIGIT"), ("1234567891", "INSURANCE_NUMBER_LENGTH")]
)
async def test_a_card_has_nine_digits_of_which_the_last_is_the_first_eight_modulo_seven(
    change: Change, session: AsyncSession, number: str, code: str
) -> None:
    village = await make_village(session)
    await session.commit()
    wrong = await change(
        "createFamily", "family { id }", locationId=village.id, head={**PERSON, "insuranceNumber": number}
    )
    assert [error["code"] for error in wrong["errors"]] == [code]
    right = await change(
        "createFamily", "family { id }", locationId=village.id, head={**PERSON, "insuranceNumber": "123456782"}
    )
    assert right["errors"] == []


async def test_a_household_pays_thirty_thousand_once_and_its_clinic_what_it_asked_if_the_list_is_dearer(
    api: Api, change: Change, scheme: Scheme
) -> None:
    product = await make_product(scheme.session, covers=(*scheme.clinic.items, *scheme.clinic.services))
    await scheme.session.commit()
    family: dict[str, Any] = {"familyId": scheme.family.id, "productId": product.id, "enrolledOn": "2026-06-01"}
    policy = (await change("enrolPolicy", "policy { id status value expiresOn }", **family))["policy"]
    assert (policy["status"], policy["value"], policy["expiresOn"]) == ("IDLE", "30000.00", "2027-05-31")
    paid = await change(
        "recordContribution", "contribution { policy { status balance } }",
        policyId=policy["id"], amount="30000", receipt="CHF-1", paymentTypeCode="C", paidOn="2026-06-01",
    )  # fmt: skip
    assert paid == {"contribution": {"policy": {"status": "ACTIVE", "balance": "0.00"}}, "errors": []}
    claim = await scheme.claim(*scheme.clinic.services, on=date(2026, 6, 10))
    await scheme.ask(claim, 4000)
    [handed_in] = await scheme.hand_in(claim)
    [result] = await scheme.process(handed_in["id"])
    assert result["errors"] == []
    assert result["claim"]["status"] == "VALUATED"
    # The list says 5 000 for each of two services.
    assert [line["priceValuated"] for line in lines(result["claim"])] == ["4000.00", "4000.00"]
    assert Decimal(result["claim"]["valuated"]) == 8000
