"""Photos of insured people: setting one, and when the next is due."""

from datetime import date

from sqlalchemy import update

from core import DATE_IN_FUTURE, Context, FileKind, Problems, claim_file, clock, find, noting
from modules.insuree import inputs, rules
from modules.insuree.models import Insuree, InsureePhoto
from modules.insuree.settings import Settings


async def set_photo(ctx: Context, input: inputs.SetInsureePhotoInput) -> Insuree:
    """Show another photo of a person; the one before is kept (enrolment spec 2.3 rule 12).

    Raises:
        UserErrors: NOT_FOUND, STALE, DATE_IN_FUTURE, FILE_UNKNOWN, FILE_KIND.
    """
    insuree = await find(ctx, Insuree, input.insuree_id, "insureeId", version=input.expected_version, lock=True)
    taken_on = input.taken_on or clock.today()
    problems = Problems()
    if taken_on > clock.today():
        problems.add(DATE_IN_FUTURE, "takenOn", date=taken_on)
    with noting(problems):
        await claim_file(ctx, input.file_id, "fileId", kinds=(FileKind.PHOTO,))
    problems.stop()

    shown = update(InsureePhoto).where(InsureePhoto.insuree_id == insuree.id, InsureePhoto.replaced_at.is_(None))
    await ctx.session.execute(shown.values(replaced_at=clock.now()))
    photo = InsureePhoto(insuree_id=insuree.id, file_id=input.file_id, taken_on=taken_on, account_id=ctx.actor.id)
    ctx.session.add(photo)
    # Two photos of one day are still two versions of the person.
    insuree.photo_on, insuree.updated_at = taken_on, clock.now()
    await ctx.session.flush()
    return insuree


def photo_due(ctx: Context, photo_on: date | None, birth_date: date, day: date | None = None) -> bool:
    """Whether a photo of a person is due on the day, today if none is given, by the scheme's settings."""
    settings = ctx.settings(Settings)
    return rules.photo_due(
        photo_on,
        birth_date,
        day or clock.today(),
        adult_months=settings.photo_months_adult,
        child_months=settings.photo_months_child,
    )
