"""Mutations of families, insured people and enrolment officers: `services`, `photos` and `officers` do the work."""

from core import Context, mutation
from modules.insuree import inputs, models, officers, photos, rights, services
from modules.insuree.types import EnrolmentOfficer, Family, Insuree


@mutation(Family, right=rights.FAMILY_CREATE)
async def create_family(ctx: Context, input: inputs.CreateFamilyInput) -> models.Family:
    """Enrol a family with its head and members."""
    return await services.create_family(ctx, input)


@mutation(Family, right=rights.FAMILY_UPDATE)
async def update_family(ctx: Context, input: inputs.UpdateFamilyInput) -> models.Family:
    """Change a family, or the village it lives in."""
    return await services.update_family(ctx, input)


@mutation(Family, right=rights.FAMILY_DELETE)
async def delete_family(ctx: Context, input: inputs.DeleteFamilyInput) -> models.Family:
    """End a family; its members stay registered or end with it."""
    return await services.delete_family(ctx, input)


@mutation(Family, right=rights.FAMILY_UPDATE)
async def change_family_head(ctx: Context, input: inputs.ChangeFamilyHeadInput) -> models.Family:
    """Make another member the head."""
    return await services.change_family_head(ctx, input)


@mutation(Insuree, right=rights.INSUREE_CREATE)
async def add_insuree(ctx: Context, input: inputs.AddInsureeInput) -> models.Insuree:
    """Register a person as a member of a family."""
    return await services.add_insuree(ctx, input)


@mutation(Insuree, right=rights.INSUREE_UPDATE)
async def update_insuree(ctx: Context, input: inputs.UpdateInsureeInput) -> models.Insuree:
    """Change a person, or say that he or she is inactive or dead."""
    return await services.update_insuree(ctx, input)


@mutation(Insuree, right=rights.INSUREE_DELETE)
async def remove_insuree(ctx: Context, input: inputs.RemoveInsureeInput) -> models.Insuree:
    """Take a person out of the family."""
    return await services.remove_insuree(ctx, input)


@mutation(Insuree, right=rights.INSUREE_UPDATE)
async def move_insuree(ctx: Context, input: inputs.MoveInsureeInput) -> models.Insuree:
    """Let a person join another family."""
    return await services.move_insuree(ctx, input)


@mutation(Insuree, right=rights.PHOTO_UPDATE)
async def set_insuree_photo(ctx: Context, input: inputs.SetInsureePhotoInput) -> models.Insuree:
    """Show another photo of a person; the one before is kept."""
    return await photos.set_photo(ctx, input)


@mutation(EnrolmentOfficer, right=rights.OFFICER_CREATE)
async def create_enrolment_officer(ctx: Context, input: inputs.CreateEnrolmentOfficerInput) -> models.EnrolmentOfficer:
    """Add an enrolment officer."""
    return await officers.create_officer(ctx, input)


@mutation(EnrolmentOfficer, right=rights.OFFICER_UPDATE)
async def update_enrolment_officer(ctx: Context, input: inputs.UpdateEnrolmentOfficerInput) -> models.EnrolmentOfficer:
    """Change an enrolment officer."""
    return await officers.update_officer(ctx, input)


@mutation(EnrolmentOfficer, right=rights.OFFICER_END)
async def end_enrolment_officer(ctx: Context, input: inputs.EndEnrolmentOfficerInput) -> models.EnrolmentOfficer:
    """Set an officer's last day of work."""
    return await officers.end_officer(ctx, input)
