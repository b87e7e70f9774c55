"""The unit price a line is valued at."""

from decimal import Decimal

import pytest

from modules.medical.rules import PackageType
from modules.product.rules import PriceOrigin
from modules.valuation.rules import Bundle, unit_price

OWN, LIST, RELATIVE = PriceOrigin.OWN, PriceOrigin.PRICE_LIST, PriceOrigin.RELATIVE


def dec(value: str | int) -> Decimal:
    return Decimal(value)


@pytest.mark.parametrize(
    ("origin", "asked", "approved", "unit", "lower"),
    [
        (LIST, 11, None, 100, 11),
        (LIST, 400, None, 100, 100),
        (LIST, None, None, 100, 100),
        (OWN, 400, None, 400, 400),
        (OWN, None, None, 100, 100),
        (RELATIVE, 11, None, 100, 100),
        (LIST, 11, 37, 37, 37),
        (OWN, 400, 0, 0, 0),
    ],
)
def test_unit_prices_by_origin_rule_2_9_2(
    origin: PriceOrigin, asked: int | None, approved: int | None, unit: int, lower: int
) -> None:
    def price(setting: bool) -> Decimal:
        return unit_price(
            origin,
            listed=dec(100),
            asked=None if asked is None else dec(asked),
            approved=None if approved is None else dec(approved),
            lower_of_asked_and_list=setting,
        )

    assert [price(False), price(True)] == [unit, lower]


@pytest.mark.parametrize(
    ("origin", "asked", "unit"), [(OWN, 4000, 1000), (OWN, 900, 900), (LIST, 4000, 1200), (RELATIVE, 4000, 1200)]
)
def test_a_flat_fee_is_no_more_than_the_register_price_a09(origin: PriceOrigin, asked: int, unit: int) -> None:
    bundle = Bundle(PackageType.FLAT_FEE, dec(1000))
    assert unit_price(origin, listed=dec(1200), asked=dec(asked), bundle=bundle) == unit


@pytest.mark.parametrize(
    ("entered", "origin", "unit"),
    [
        ({"a": 2, "b": 1}, LIST, 100),
        ({"b": 1, "a": 2}, RELATIVE, 100),
        ({"a": 2}, LIST, 0),
        ({"a": 2, "b": 2}, RELATIVE, 0),
        ({"a": 2, "b": 1, "c": 1}, LIST, 0),
        ({"a": 2}, OWN, 80),
    ],
)
def test_a_bundle_must_hold_what_the_register_defines(entered: dict[str, int], origin: PriceOrigin, unit: int) -> None:
    bundle = Bundle(
        PackageType.FEE_FOR_SERVICE,
        dec(100),
        {"a": dec(2), "b": dec(1)},
        {element: dec(quantity) for element, quantity in entered.items()},
    )
    assert unit_price(origin, listed=dec(100), asked=dec(80), bundle=bundle) == unit


def test_the_reviewers_price_stands_before_the_bundles_rules() -> None:
    bundle = Bundle(PackageType.FEE_FOR_SERVICE, dec(100), {"a": dec(2)})
    assert unit_price(LIST, listed=dec(100), approved=dec(60), bundle=bundle) == 60


def test_a_single_service_has_no_rules_of_a_bundle() -> None:
    assert unit_price(OWN, listed=dec(100), asked=dec(400), bundle=Bundle(PackageType.SINGLE, dec(100))) == 400
