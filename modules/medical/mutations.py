"""Mutations of the medical registers and price lists: `services` does the work."""

from core import Context, mutation
from modules.location.models import HealthFacility as HealthFacilityRow
from modules.location.types import HealthFacility
from modules.medical import inputs, models, rights, services
from modules.medical.types import Diagnosis, MedicalItem, MedicalService, PriceList


@mutation(Diagnosis, right=rights.DIAGNOSIS_CREATE)
async def create_diagnosis(ctx: Context, input: inputs.CreateDiagnosisInput) -> models.Diagnosis:
    """Add a diagnosis to the register."""
    return await services.create_diagnosis(ctx, input)


@mutation(Diagnosis, right=rights.DIAGNOSIS_UPDATE)
async def update_diagnosis(ctx: Context, input: inputs.UpdateDiagnosisInput) -> models.Diagnosis:
    """Change a diagnosis."""
    return await services.update_diagnosis(ctx, input)


@mutation(Diagnosis, right=rights.DIAGNOSIS_DELETE)
async def delete_diagnosis(ctx: Context, input: inputs.DeleteRegisterEntryInput) -> models.Diagnosis:
    """Delete a diagnosis. Claims that name it keep it."""
    return await services.delete(ctx, models.Diagnosis, input)


@mutation(MedicalItem, right=rights.ITEM_CREATE)
async def create_medical_item(ctx: Context, input: inputs.CreateMedicalItemInput) -> models.Item:
    """Add a drug or a consumable to the register."""
    return await services.create_item(ctx, input)


@mutation(MedicalItem, right=rights.ITEM_UPDATE)
async def update_medical_item(ctx: Context, input: inputs.UpdateMedicalItemInput) -> models.Item:
    """Change an item. Price lists without a price of their own for it follow its price at once."""
    return await services.update_item(ctx, input)


@mutation(MedicalItem, right=rights.ITEM_DELETE)
async def delete_medical_item(ctx: Context, input: inputs.DeleteRegisterEntryInput) -> models.Item:
    """Delete an item. Claims that name it keep it; price lists hold it through today."""
    return await services.delete(ctx, models.Item, input)


@mutation(MedicalService, right=rights.SERVICE_CREATE)
async def create_medical_service(ctx: Context, input: inputs.CreateMedicalServiceInput) -> models.Service:
    """Add a service, or a bundle with its parts, to the register."""
    return await services.create_service(ctx, input)


@mutation(MedicalService, right=rights.SERVICE_UPDATE)
async def update_medical_service(ctx: Context, input: inputs.UpdateMedicalServiceInput) -> models.Service:
    """Change a service. Price lists without a price of their own for it follow its price at once."""
    return await services.update_service(ctx, input)


@mutation(MedicalService, right=rights.SERVICE_DELETE)
async def delete_medical_service(ctx: Context, input: inputs.DeleteRegisterEntryInput) -> models.Service:
    """Delete a service. Claims that name it keep it; price lists hold it through today."""
    return await services.delete(ctx, models.Service, input)


@mutation(PriceList, right=rights.PRICE_LIST_CREATE)
async def create_price_list(ctx: Context, input: inputs.CreatePriceListInput) -> models.PriceList:
    """Add a price list; `setPriceListLines` puts prices on it."""
    return await services.create_price_list(ctx, input)


@mutation(PriceList, right=rights.PRICE_LIST_UPDATE)
async def update_price_list(ctx: Context, input: inputs.UpdatePriceListInput) -> models.PriceList:
    """Change a price list's name, place or days."""
    return await services.update_price_list(ctx, input)


@mutation(PriceList, right=rights.PRICE_LIST_DELETE)
async def delete_price_list(ctx: Context, input: inputs.DeleteRegisterEntryInput) -> models.PriceList:
    """Delete a price list that no health facility is paid by."""
    return await services.delete_price_list(ctx, input)


@mutation(PriceList, right=rights.PRICE_LIST_UPDATE)
async def set_price_list_lines(ctx: Context, input: inputs.SetPriceListLinesInput) -> models.PriceList:
    """Say everything that is on a price list from a day on. Care given before that day keeps its price."""
    return await services.set_lines(ctx, input)


@mutation(HealthFacility, right=rights.PRICE_LIST_ASSIGN)
async def set_facility_price_lists(ctx: Context, input: inputs.SetFacilityPriceListsInput) -> HealthFacilityRow:
    """Say which price lists a health facility is paid by."""
    return await services.set_facility_lists(ctx, input)
