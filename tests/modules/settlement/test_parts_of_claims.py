"""The revision that lets each product settle its own lines of a claim, on runs that were made before it and back."""

import importlib
from decimal import Decimal
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from modules.policy.testing import make_policy
from modules.product.testing import make_product
from modules.settlement.testing import listed, relative
from tests.modules.settlement.scheme import START, Scheme

revision: Any = importlib.import_module("modules.settlement.migrations.settlement_0002_parts_of_claims")
SETTLED = "SELECT product_id, valuated, remunerated FROM settlement_run_claim ORDER BY claim_id, remunerated DESC"


def migrate(url: str, *steps: Any) -> list[Any]:
    """What runs settle of claims after some steps, all in one transaction."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
            for step in steps:
                step()
            return [tuple(row) for row in connection.execute(text(SETTLED))]
    finally:
        engine.dispose()


async def test_what_runs_settled_before_stays_settled(scheme: Scheme, database_url: str) -> None:
    other = await make_product(scheme.session, scheme.region)
    policy = await make_policy(scheme.session, scheme.family, other, starts_on=START)
    await scheme.claim(listed(500), listed(70, policy))
    await scheme.run()
    both = [(scheme.product.id, Decimal(500), Decimal(500)), (other.id, Decimal(70), Decimal(70))]
    assert migrate(database_url) == both
    # Back, the run has the claim once; forward again it has it with its first line's product, and nothing is left.
    again = migrate(database_url, revision.downgrade, revision.upgrade)
    assert again == [(scheme.product.id, Decimal(570), Decimal(570)), (other.id, Decimal(0), Decimal(0))]
    assert (await scheme.run(6))["claimCount"] == 0


async def test_it_is_not_taken_back_while_two_runs_settle_one_claim(
    scheme: Scheme, database_url: str, actor: Any
) -> None:
    national = await make_product(scheme.session)
    policy = await make_policy(scheme.session, scheme.family, national, starts_on=START)
    await scheme.claim(relative(500), listed(70, policy))
    await scheme.run()
    await scheme.run(who=actor("ACCOUNTANT"), locationId=None)
    before = migrate(database_url)
    with pytest.raises(IntegrityError, match="uq_settlement_run_claim_current"):
        migrate(database_url, revision.downgrade)
    assert migrate(database_url) == before
