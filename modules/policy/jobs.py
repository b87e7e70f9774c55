"""What happens to policies by night: the calendar moves them, all at once."""

from sqlalchemy import update

from core import Context, Job, clock
from modules.policy import services
from modules.policy.models import Policy, SuspendedBy
from modules.policy.rules import PolicyStatus


async def expire(ctx: Context) -> None:
    """Expire every policy whose last day has passed, whatever its state (decision 21). Cover ended with that day."""
    await ctx.session.execute(
        update(Policy)
        .where(Policy.expires_on < clock.today(), Policy.status != PolicyStatus.EXPIRED, Policy.ended_at.is_(None))
        .values(status=PolicyStatus.EXPIRED, suspended_by=None, version=Policy.version + 1, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


async def suspend_overdue(ctx: Context) -> None:
    """Suspend every idle policy that was not paid by its last payment date (decision 21). None covers anybody."""
    await ctx.session.execute(
        update(Policy)
        .where(Policy.pay_by < clock.today(), Policy.status == PolicyStatus.IDLE, Policy.ended_at.is_(None))
        .values(
            status=PolicyStatus.SUSPENDED,
            suspended_by=SuspendedBy.OVERDUE,
            version=Policy.version + 1,
            updated_at=clock.now(),
        )
        .execution_options(synchronize_session=False)
    )


EXPIRE = Job("policy.expire", run=expire, cron="5 0 * * *")
OVERDUE = Job("policy.overdue", run=suspend_overdue, cron="10 0 * * *")
PROMPT_RENEWALS = Job("policy.prompt_renewals", run=services.prompt_renewals, cron="15 0 * * *")
ENROL_AUTOMATICALLY = Job(services.ENROL_EVERYBODY, run=services.enrol_everybody, cron="20 0 * * *")
FORGET_VERIFICATIONS = Job("policy.forget_verifications", run=services.personal.forget_verifications, cron="40 3 * * *")

ALL = (EXPIRE, OVERDUE, PROMPT_RENEWALS, ENROL_AUTOMATICALLY, FORGET_VERIFICATIONS)
