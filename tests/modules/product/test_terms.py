from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, clock
from core.history import HistoryRow
from core.host import Host
from core.testing import Api, actor, counted
from modules.medical.rules import VisitType
from modules.medical.testing import make_item, make_service
from modules.product.jobs import show_present_terms
from modules.product.models import Product, Terms
from modules.product.rules import Limit, LimitationType
from modules.product.services import cover_lines, terms_on
from modules.product.testing import LONG_AGO, make_product, make_terms, terms_of

JULY = date(2024, 7, 1)
LAST_OF_JUNE = date(2024, 6, 30)


async def with_terms_from_july(session: AsyncSession, **columns: Any) -> tuple[Product, Terms, Terms]:
    """A product whose price changes in July."""
    product = await make_product(session)
    old = await terms_of(session, product)
    old.valid_to = LAST_OF_JUNE
    await session.flush()
    new = await make_terms(
        session, product, JULY, insurance_period=12, lump_sum=Decimal(40_000), present=False, **columns
    )
    return product, old, new


async def test_the_terms_of_a_day_are_the_version_that_holds_then_rule_3_2_7(session: AsyncSession) -> None:
    product, old, new = await with_terms_from_july(session)
    assert await terms_on(session, product.id, LONG_AGO) is old
    assert await terms_on(session, product.id, LAST_OF_JUNE) is old
    assert await terms_on(session, product.id, JULY) is new
    assert await terms_on(session, product.id, date(1999, 12, 31)) is None


async def test_the_database_refuses_two_terms_on_one_day(session: AsyncSession) -> None:
    product = await make_product(session)
    terms = await terms_of(session, product)
    columns = {column.name: getattr(terms, column.name) for column in Terms.__table__.columns}
    again = {**columns, "id": product.id, "valid_from": JULY, "present": False}
    with pytest.raises(IntegrityError, match="ex_product_terms_validity"):
        await session.execute(insert(Terms).values(**again))


async def test_terms_become_present_on_their_first_day(ctx: Context, session: AsyncSession) -> None:
    _, old, new = await with_terms_from_july(session)
    # Terms that only begin in December are shown while there are no others.
    later = await terms_of(session, await make_product(session, valid_from=date(2024, 12, 1)))
    for moment, present in ((datetime(2024, 6, 30, 9, tzinfo=UTC), old), (datetime(2024, 7, 1, 9, tzinfo=UTC), new)):
        with clock.at(moment):
            await show_present_terms(ctx)
        shown = await session.scalars(select(Terms.id).where(Terms.present))
        assert set(shown) == {present.id, later.id}


async def test_covers_of_many_terms_come_with_their_limits_in_one_statement(session: AsyncSession, host: Host) -> None:
    item, service, other = await make_item(session), await make_service(session), await make_item(session)
    limits = [
        Limit(VisitType.OTHER, LimitationType.CO_INSURANCE, Decimal(80), Decimal(90)),
        Limit(VisitType.REFERRAL, LimitationType.FIXED, Decimal(4000), Decimal(0)),
    ]
    first = await make_product(session, covers={item: {"limits": limits}, service: {}, other: {}})
    second = await make_product(session, covers=[item])
    terms = [(await terms_of(session, product)).id for product in (first, second)]
    with counted(host) as statements:
        lines = await cover_lines(session, terms, [item.id], [service.id])
    assert len(statements) == 1
    found = {(line.cover.terms_id, line.cover.item_id or line.cover.service_id): line.limits for line in lines}
    assert set(found) == {(terms[0], item.id), (terms[0], service.id), (terms[1], item.id)}
    assert {(limit.visit_type, limit.adult, limit.child) for limit in found[terms[0], item.id]} == {
        (VisitType.OTHER, Decimal(80), Decimal(90)),
        (VisitType.REFERRAL, Decimal(4000), Decimal(0)),
    }
    assert found[terms[1], item.id] == ()


async def test_every_change_of_terms_is_kept(session: AsyncSession) -> None:
    product = await make_product(session)
    terms = await terms_of(session, product)
    terms.lump_sum = Decimal(40_000)
    await session.flush()
    rows = await session.scalars(select(HistoryRow).where(HistoryRow.row_id == terms.id).order_by(HistoryRow.id))
    assert [row.action for row in rows] == ["I", "U"]


HISTORY = """query($id: ID!) { product(id: $id) { history { totalCount nodes { action actorId changes } } } }"""


async def test_a_product_tells_its_own_changes_and_those_of_its_terms(api: Api, session: AsyncSession) -> None:
    product, _, new = await with_terms_from_july(session)
    other = await make_product(session)
    product.name, new.lump_sum = "Iliyoboreshwa", Decimal(45_000)
    await session.commit()
    other.name = "Another"
    await session.commit()
    auditor = actor("SYSTEM_ADMINISTRATOR", "SCHEME_ADMINISTRATOR")
    history = (await api(HISTORY, {"id": product.id}, actor=auditor)).data["product"]["history"]
    changed = [entry["changes"] for entry in history["nodes"] if entry["action"] == "U"]
    assert {name: change["after"] for entry in changed for name, change in entry.items() if name != "version"} == {
        "valid_to": "2024-06-30",
        "name": "Iliyoboreshwa",
        "lump_sum": 45_000,
    }
    refused = await api(HISTORY, {"id": product.id}, actor=actor("CLERK"))
    assert [error["extensions"]["code"] for error in refused.errors] == ["FORBIDDEN"]
