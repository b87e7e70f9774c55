"""Root queries of the medical registers and price lists, and the fields they add to other types."""

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import Date, or_, select

from core import BadRequest, Viewer, Where, argument, many, one, page
from modules.location.models import HealthFacility
from modules.medical import models, rights
from modules.medical.types import Diagnosis, MedicalItem, MedicalService, PriceList, PriceListLine, ServicePart


@page(Diagnosis, order=("code", "id"), right=rights.DIAGNOSIS_READ)
def diagnoses(diagnosis: type[models.Diagnosis]) -> Where:
    """The current diagnoses, by code."""
    yield diagnosis.ended_at.is_(None)


@one(Diagnosis, right=rights.DIAGNOSIS_READ)
def diagnosis(
    diagnosis: type[models.Diagnosis],
    id: Annotated[UUID | None, argument("The diagnosis's id; deleted ones are found too.")] = None,
    code: Annotated[str | None, argument("The code of a current diagnosis.")] = None,
) -> Where:
    """One diagnosis, by its id or code."""
    yield from _by_id_or_code(diagnosis, id, code)


@page(MedicalItem, order=("code", "id"), right=rights.ITEM_READ)
def medical_items(item: type[models.Item]) -> Where:
    """The current items, by code."""
    yield item.ended_at.is_(None)


@one(MedicalItem, right=rights.ITEM_READ)
def medical_item(
    item: type[models.Item],
    id: Annotated[UUID | None, argument("The item's id; deleted ones are found too.")] = None,
    code: Annotated[str | None, argument("The code of a current item.")] = None,
) -> Where:
    """One item, by its id or code."""
    yield from _by_id_or_code(item, id, code)


@page(MedicalService, order=("code", "id"), right=rights.SERVICE_READ)
def medical_services(service: type[models.Service]) -> Where:
    """The current services, by code."""
    yield service.ended_at.is_(None)


@one(MedicalService, right=rights.SERVICE_READ)
def medical_service(
    service: type[models.Service],
    id: Annotated[UUID | None, argument("The service's id; deleted ones are found too.")] = None,
    code: Annotated[str | None, argument("The code of a current service.")] = None,
) -> Where:
    """One service, by its id or code."""
    yield from _by_id_or_code(service, id, code)


@many(ServicePart, order="line_no")
def parts(service: type[models.Service], part: type[models.ServicePart]) -> Where:
    """What the service stands for, if it is a bundle."""
    yield part.service_id == service.id


@page(PriceList, order=("name", "id"), right=rights.PRICE_LIST_READ)
def price_lists(price_list: type[models.PriceList]) -> Where:
    """The current price lists, by name."""
    yield price_list.ended_at.is_(None)


@one(PriceList, right=rights.PRICE_LIST_READ)
def price_list(price_list: type[models.PriceList], id: Annotated[UUID, argument("The price list's id.")]) -> Where:
    """One price list; deleted ones are found too."""
    yield price_list.id == id


@many(PriceListLine, order="id")
def lines(
    price_list: type[models.PriceList],
    line: type[models.PriceListLine],
    viewer: Viewer,
    on: Annotated[date | None, argument("The day; today when absent.")] = None,
) -> Where:
    """Everything on the list on a day, with its price."""
    day = viewer.value("today", Date) if on is None else on
    yield line.price_list_id == price_list.id
    yield line.valid_from <= day
    yield or_(line.valid_to.is_(None), line.valid_to >= day)


@one(PriceList, right=rights.PRICE_LIST_READ)
def services_price_list(facility: type[HealthFacility], price_list: type[models.PriceList]) -> Where:
    """The price list that the facility's services are paid by."""
    yield price_list.id == _assigned(facility, "services_list_id")


@one(PriceList, right=rights.PRICE_LIST_READ)
def items_price_list(facility: type[HealthFacility], price_list: type[models.PriceList]) -> Where:
    """The price list that the facility's items are paid by."""
    yield price_list.id == _assigned(facility, "items_list_id")


def _by_id_or_code(row: type[models.Register], id: UUID | None, code: str | None) -> Where:
    if id is None and code is None:
        raise BadRequest("Give the id or the code.")
    if id is not None:
        yield row.id == id
    if code is not None:
        yield row.code == code
        yield row.ended_at.is_(None)


def _assigned(facility: type[HealthFacility], kind: str):  # type: ignore[no-untyped-def]
    assigned = models.FacilityPriceLists.__table__.alias()
    return select(assigned.c[kind]).where(assigned.c.health_facility_id == facility.id).scalar_subquery()
