"""The policies that cover patients, locked while claims take from them, and what claims took before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Prepared, bound
from core.money import ZERO
from modules.claim.services import IDS, among, columns_of, grouped, listed, read_prepared
from modules.policy.models import Cover, Policy
from modules.policy.rules import MemberCover, PolicyStage
from modules.valuation import rules
from modules.valuation.models import PolicyUsage

SUMMED = (
    PolicyUsage.deducted, PolicyUsage.remunerated, PolicyUsage.deducted_in_patient, PolicyUsage.deducted_out_patient,
    PolicyUsage.remunerated_in_patient, PolicyUsage.remunerated_out_patient,
)  # fmt: skip


class PlainPolicy(NamedTuple):
    """A policy as claims see it; the names are those of its columns."""

    id: UUID
    product_id: UUID
    terms_id: UUID
    stage: PolicyStage
    effective_on: date | None


class CoverDays(NamedTuple):
    """The days on which a policy covers a person; the names are those of the columns of cover."""

    policy_id: UUID
    insuree_id: UUID
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Policies:
    """Some policies by id, and the days of cover by policy and by person, both in the order of the policies."""

    rows: Mapping[UUID, PlainPolicy]
    covers: Mapping[UUID, Sequence[CoverDays]]
    held: Mapping[UUID, Sequence[CoverDays]]
    known: dict[tuple[UUID, UUID], MemberCover] = field(default_factory=dict)
    """What `member` answered before."""

    def covering(self, insuree_id: UUID, day: date) -> list[PlainPolicy]:
        """The policies that cover the person on the day (decision 27)."""
        ids = dict.fromkeys(cover.policy_id for cover in self.held.get(insuree_id, ()) if _covers(cover, day))
        return [self.rows[id] for id in ids]

    def member(self, policy: PlainPolicy, insuree_id: UUID) -> MemberCover:
        """A person's cover by a policy, from its first to its last day, suspensions in between included."""
        key = (policy.id, insuree_id)
        if key not in self.known:
            self.known[key] = self._member(policy, insuree_id)
        return self.known[key]

    def _member(self, policy: PlainPolicy, insuree_id: UUID) -> MemberCover:
        own = [cover for cover in self.held[insuree_id] if cover.policy_id == policy.id]
        first, last = min(cover.starts_on for cover in own), max(cover.ends_on for cover in own)
        # What lapsed since has no effective date any more; it covered from the day the cover began.
        return MemberCover(policy.stage is PolicyStage.NEW, policy.effective_on or first, first, last)

    def members(self, policy_id: UUID, day: date) -> int:
        """How many people the policy covers on the day."""
        return len({cover.insuree_id for cover in self.covers[policy_id] if _covers(cover, day)})


async def lock_policies_of(session: AsyncSession, insuree_ids: Collection[UUID], first: date, last: date) -> Policies:
    """The policies that may cover these people between two days, locked until the transaction ends."""
    return await _read(session, _theirs(), insuree_ids, first=first, last=last)


async def lock_policies(session: AsyncSession, ids: Collection[UUID]) -> Policies:
    """Policies by their ids, locked until the transaction ends."""
    return await _read(session, _by_ids(), ids)


async def _read(session: AsyncSession, locked: Prepared, ids: Collection[UUID], **days: date) -> Policies:
    policies = {policy.id: policy for policy in await read_prepared(session, locked, PlainPolicy, ids, **days)}
    covers = await read_prepared(session, _covers_of_policies(), CoverDays, policies)
    by_policy = grouped(covers, lambda cover: cover.policy_id)
    return Policies(policies, by_policy, grouped(covers, lambda cover: cover.insuree_id))


async def load_usage(
    session: AsyncSession, policy_ids: Collection[UUID], apart: Collection[UUID] = ()
) -> list[rules.Usage]:
    """What claims took from the policies: one row a policy and person, and of the claims `apart` one for each claim."""
    rows = await _taken().within(session, ids=listed(policy_ids), apart=listed(apart))
    return [_usage(*row) for row in rows]


@lru_cache(maxsize=1)
def _theirs() -> Prepared:
    """The policies that may cover some people between two days."""
    days = Cover.starts_on <= bound("last", Date), Cover.ends_on >= bound("first", Date)
    return _locked(Policy.id.in_(select(Cover.policy_id).where(among(Cover.insuree_id, IDS), *days)))


@lru_cache(maxsize=1)
def _by_ids() -> Prepared:
    return _locked(among(Policy.id, IDS))


def _locked(which: ColumnElement[bool]) -> Prepared:
    policies = select(*columns_of(Policy, PlainPolicy)).where(which, Policy.ended_at.is_(None))
    return Prepared("valuation.policies", policies.order_by(Policy.id).with_for_update())


@lru_cache(maxsize=1)
def _covers_of_policies() -> Prepared:
    covers = select(*columns_of(Cover, CoverDays)).where(among(Cover.policy_id, IDS))
    return Prepared("valuation.covers", covers.order_by(Cover.policy_id))


@lru_cache(maxsize=1)
def _taken() -> Prepared:
    own = case((among(PolicyUsage.claim_id, bound("apart", IDS.type)), PolicyUsage.claim_id)).label("own")
    category, in_category = func.min(PolicyUsage.category), func.sum(PolicyUsage.in_category)
    return Prepared(
        "valuation.usage",
        select(
            PolicyUsage.policy_id, PolicyUsage.insuree_id, own, *(func.sum(amount) for amount in SUMMED),
            category, in_category,
        )
        .where(among(PolicyUsage.policy_id, IDS))
        .group_by(PolicyUsage.policy_id, PolicyUsage.insuree_id, own),
    )  # fmt: skip


def _usage(policy_id: UUID, insuree_id: UUID, claim_id: UUID | None, *rest: Any) -> rules.Usage:
    category, in_category = rest[len(SUMMED) :]
    by_category = {category: in_category} if claim_id is not None and category is not None else {}
    summed = {column.key: amount for column, amount in zip(SUMMED, rest, strict=False)}
    return rules.Usage(policy_id, insuree_id, claim_id, by_category=by_category, **summed)


def usage_rows(usage: Iterable[rules.Usage]) -> list[Mapping[str, Any]]:
    """Rows for what claims take."""
    return [_usage_row(each) for each in usage]


def _usage_row(usage: rules.Usage) -> Mapping[str, Any]:
    assert usage.claim_id is not None
    category, amount = next(iter(usage.by_category.items()), (None, None))
    return {
        "policy_id": usage.policy_id,
        "insuree_id": usage.insuree_id,
        "claim_id": usage.claim_id,
        "deducted": usage.deducted,
        "remunerated": usage.remunerated,
        "deducted_in_patient": usage.deducted_in_patient,
        "deducted_out_patient": usage.deducted_out_patient,
        "remunerated_in_patient": usage.remunerated_in_patient,
        "remunerated_out_patient": usage.remunerated_out_patient,
        "category": category,
        "in_category": amount or ZERO,
    }


def _covers(cover: CoverDays, day: date) -> bool:
    return cover.starts_on <= day <= cover.ends_on
