"""Which claims a bulk mutation is about, and what it answers for each."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from core import NOT_FOUND, REQUIRED, Context, JobInfo, Prepared, PreparedFor, UserError, UserErrorInfo
from modules.claim import errors
from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus
from modules.claim.services.bulk import IDS, among, columns_of, listed
from modules.claim.services.ordering import MOST_CLAIMS, chosen_claims, order
from modules.claim.services.plain import PlainClaim
from modules.claim.types import ClaimResult, ClaimSelectionInput


@dataclass
class Selection:
    """The claims of a bulk mutation that the actor may see, locked; and the errors of each that goes no further.

    `unseen`: ids among `ids` that are no claim's, or of a claim that the actor may not see. `job`: it works on all of
    them, later, because they are too many. `left`: how many more a filter chooses, of which nothing was done.
    """

    ids: Sequence[UUID]
    claims: list[PlainClaim]
    unseen: frozenset[UUID] = frozenset()
    errors: dict[UUID, list[UserError]] = field(default_factory=dict)
    job: JobInfo | None = None
    left: int = 0

    def check(self, check: Callable[[PlainClaim], object]) -> None:
        """Leave out the claims that a check refuses, each with the reason."""
        kept = []
        for claim in self.claims:
            try:
                check(claim)
            except UserError as error:
                self.errors.setdefault(claim.id, []).append(error)
            else:
                kept.append(claim)
        self.claims = kept


async def select_claims(
    ctx: Context,
    ids: Sequence[UUID] | None,
    chosen: ClaimSelectionInput | None,
    due: Collection[ClaimStatus],
    *also: ColumnElement[bool],
    job: str | None = None,
) -> Selection:
    """The claims named by their ids, or the due ones that a filter chooses, the oldest care first.

    `also`: what else claims must be that a filter chooses. `job`: ordered when it chooses more than go at a
    time; without one the first go.

    Raises:
        UserError: REQUIRED when there are neither ids nor a filter, TOO_MANY_CLAIMS.
    """
    left = 0
    if ids is None and chosen is None:
        raise UserError(REQUIRED, "ids")
    if ids is None:
        assert chosen is not None
        found = (await ctx.session.execute(chosen_claims(ctx, chosen, due, *also).limit(MOST_CLAIMS + 1))).all()
        if job is not None and len(found) > MOST_CLAIMS:
            return Selection((), [], job=await order(ctx, job, chosen))
        ids = [id for _, id in found[:MOST_CLAIMS]]
        if len(found) > MOST_CLAIMS:
            all_of_them = chosen_claims(ctx, chosen, due, *also).subquery()
            left = (await ctx.session.scalar(select(func.count()).select_from(all_of_them)) or 0) - MOST_CLAIMS
    named = list(dict.fromkeys(ids))
    if len(named) > MOST_CLAIMS:
        raise UserError(errors.TOO_MANY_CLAIMS, "ids", most=MOST_CLAIMS)
    claims = await lock_claims(ctx, named, scoped=True)
    unseen = frozenset(named).difference(claim.id for claim in claims)
    missing = {id: [UserError(NOT_FOUND, "id")] for id in unseen}
    return Selection(named, claims, unseen, missing, left=left)


async def lock_claims(ctx: Context, ids: Collection[UUID], *, scoped: bool = False) -> list[PlainClaim]:
    """Claims by their ids as they are now, locked until the transaction ends, in the order of care.

    `scoped`: only those that the actor may see.
    """
    await ctx.connection()  # the locks are the transaction's
    rows = await (_seen.rows(ctx, ids=listed(ids)) if scoped else _named().rows(ctx, ids=listed(ids)))
    return sorted((PlainClaim(*row) for row in rows), key=lambda claim: (claim.target_date, claim.code, claim.id))


def _locked(*seen: Any) -> Select[Any]:
    claims = select(*columns_of(Claim, PlainClaim)).where(among(Claim.id, IDS), Claim.ended_at.is_(None), *seen)
    return claims.order_by(Claim.id).with_for_update()


_seen = PreparedFor("claim.seen", lambda viewer: _locked(*Claim.__scope__(Claim, viewer)))


@lru_cache(maxsize=1)
def _named() -> Prepared:
    return Prepared("claim.named", _locked())


def results(ctx: Context, selection: Selection) -> list[ClaimResult]:
    """What a bulk mutation answers: every claim that it was about, with its errors."""
    return [
        ClaimResult(
            id=id,
            claim=None if id in selection.unseen else id,  # type: ignore[arg-type] # a mapped type is given by its id
            errors=[UserErrorInfo.of(error, ctx.language) for error in selection.errors.get(id, ())],
        )
        for id in selection.ids
    ]


def check_other_facility(ctx: Context, claim: Claim | PlainClaim, path: str = "id") -> None:
    """Nobody decides on a claim of a facility he works for (decision 32).

    Raises:
        UserError: OWN_FACILITY.
    """
    if claim.health_facility_id in ctx.actor.scopes.get("facility", ()):
        raise UserError(errors.OWN_FACILITY, path)
