"""What is read of an account in SQL, by its type in GraphQL and where it is asked who holds a token."""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from modules.people.models import AccountRole, Role, RoleRight, SecondFactor


def listed(column: InstrumentedAttribute[Any], condition: ColumnElement[bool], order: Any = None) -> ColumnElement[Any]:
    """The column's values in the rows of its table that meet the condition, as an array; empty when there are none."""
    values = select(column).where(condition).order_by(column if order is None else order)
    return func.array(values.correlate_except(column.class_).scalar_subquery(), type_=ARRAY(column.type))


def rights_of(account_id: Any) -> ColumnElement[Any]:
    """The names of the rights that an account's roles hold, as an array."""
    held = (
        select(RoleRight.right_name)
        .join(AccountRole, AccountRole.role_id == RoleRight.role_id)
        .where(AccountRole.account_id == account_id)
        .distinct()
        .order_by(RoleRight.right_name)
    )
    return func.array(held.correlate_except(RoleRight, AccountRole).scalar_subquery(), type_=ARRAY(String))


def has_second_factor(account_id: Any) -> ColumnElement[bool]:
    """Whether an account has a second factor that counts."""
    own = (SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None))
    return exists(SecondFactor).where(*own).correlate_except(SecondFactor)


def lacks_second_factor(account_id: Any) -> ColumnElement[bool]:
    """Whether one of an account's roles requires a second factor that it does not have."""
    requiring = (
        exists(AccountRole)
        .where(AccountRole.account_id == account_id, AccountRole.role_id == Role.id, Role.requires_second_factor)
        .correlate_except(AccountRole, Role)
    )
    return and_(requiring, ~has_second_factor(account_id))
