"""Which account an enrolment officer signs in with, and which officer an account is."""

from collections.abc import Sequence
from uuid import UUID

from core import Context, Manifest, Part, extend, hook
from modules.insuree.types import EnrolmentOfficer
from modules.officer_account import queries
from modules.people.models import Account
from modules.people.types import User

manifest = Manifest(
    name="officer_account", title="Accounts of enrolment officers", version="1.0", needs=("people", "insuree")
)


@hook
def graphql() -> Sequence[Part]:
    return [extend(EnrolmentOfficer, queries.user), extend(User, queries.enrolment_officer)]


@hook
async def account_exists(ctx: Context, account_id: UUID) -> bool | None:
    return await ctx.session.get(Account, account_id) is not None
