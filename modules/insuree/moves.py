"""What becomes of families and people when the places they belong to move or are to go."""

from uuid import UUID

from sqlalchemy import or_, select, update

from core import Context
from modules.insuree.models import Family, Insuree, OfficerVillage
from modules.location.models import Location, inside


async def in_use(ctx: Context, location_id: UUID) -> bool:
    """Whether a family, a person or an officer belongs to the place, deleted families included."""
    uses = (
        select(Family.id).where(Family.location_id == location_id),
        select(Insuree.id).where((Insuree.village_id == location_id) | (Insuree.current_village_id == location_id)),
        select(OfficerVillage.id).where(OfficerVillage.village_id == location_id),
    )
    return bool(await ctx.session.scalar(select(or_(*(use.exists() for use in uses)))))


async def follow(ctx: Context, location: Location) -> None:
    """Copy the districts of the places within `location` to the families and people there."""
    for model, village in ((Family, Family.location_id), (Insuree, Insuree.village_id)):
        there = update(model).where(village == Location.id, inside(Location, location.id))
        await ctx.session.execute(
            there.values(district_id=Location.district_id), execution_options={"synchronize_session": False}
        )
