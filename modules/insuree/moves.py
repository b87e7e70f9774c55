"""What becomes of families and people when the places they belong to move or are to go."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update

from core import Context
from modules.insuree.models import Family, Insuree, OfficerVillage
from modules.location import services
from modules.location.hooks import Use
from modules.location.models import Location, inside


async def uses(ctx: Context, location_ids: Sequence[UUID]) -> list[Use]:
    """Which of the places families, people and officers belong to, deleted families included."""
    return await services.uses(
        ctx,
        location_ids,
        ("families", Family.location_id),
        ("people", Insuree.village_id),
        ("people who stay there", Insuree.current_village_id),
        ("enrolment officers", OfficerVillage.village_id),
    )


async def follow(ctx: Context, location: Location | None = None) -> None:
    """Copy the districts of the places within `location`, or of all, to the families and people there."""
    within = [] if location is None else [inside(Location, location.id)]
    for model, village in ((Family, Family.location_id), (Insuree, Insuree.village_id)):
        there = update(model).where(village == Location.id, model.district_id != Location.district_id, *within)
        await ctx.session.execute(
            there.values(district_id=Location.district_id), execution_options={"synchronize_session": False}
        )
