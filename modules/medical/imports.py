"""The registers of diagnoses, items and services as the files of a country have them: `bima import`."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from core import Context
from core.imports import Line, Loaded, Progress, Register, Values, upsert
from modules.location.rules import CARE_TYPE_LETTERS
from modules.medical import models
from modules.medical.models import (
    CURRENT,
    EVERYONE,
    Diagnosis,
    Element,
    Item,
    ItemType,
    Service,
    ServiceLevel,
    ServiceType,
)
from modules.medical.rules import ServiceCategory

ITEM_TYPES = {"D": ItemType.DRUG, "M": ItemType.CONSUMABLE}
SERVICE_TYPES = {"P": ServiceType.PREVENTIVE, "C": ServiceType.CURATIVE}
LEVELS = {
    "S": ServiceLevel.SIMPLE,
    "V": ServiceLevel.VISIT,
    "D": ServiceLevel.DAY_HOSPITAL,
    "H": ServiceLevel.HOSPITAL_CASE,
}
CATEGORIES = {
    "": None,
    "S": ServiceCategory.SURGERY,
    "D": ServiceCategory.DELIVERY,
    "A": ServiceCategory.ANTENATAL,
    "H": ServiceCategory.HOSPITALISATION,
    "C": ServiceCategory.CONSULTATION,
    "O": ServiceCategory.OTHER,
    "V": ServiceCategory.VISIT,
}


def _diagnosis(line: Line, known: None) -> Values:
    return _entry(line, Diagnosis)


def _item(line: Line, known: None) -> Values:
    return {
        **_element(line, Item),
        "type": line.chosen("type", ITEM_TYPES),
        "package": line.text("package", Item.package),
    }


def _service(line: Line, known: None) -> Values:
    return {
        **_element(line, Service),
        "type": line.chosen("type", SERVICE_TYPES),
        "level": line.chosen("level", LEVELS),
        "category": line.chosen("category", CATEGORIES),
    }


def _element(line: Line, model: type[Element]) -> Values:
    """What items and services share. A frequency of 0 days is none; a patient mask of 0 is everybody."""
    return {
        **_entry(line, model),
        "price": line.decimal("price", model.price, Decimal(0)),
        "care_type": line.chosen("care_type", CARE_TYPE_LETTERS),
        "frequency_days": line.whole("frequency_days") or None,
        "patient_mask": line.whole("patient_category_mask", most=EVERYONE) or EVERYONE,
    }


def _entry(line: Line, model: type[models.Register]) -> Values:
    return {"code": line.needed("code", model.code), "name": line.needed("name", model.name)}


async def _store(model: type[models.Register], ctx: Context, values: Sequence[Values], progress: Progress) -> Loaded:
    """An entry is known by its code among the current ones; one that was deleted comes back as a new one."""
    return await upsert(ctx.session, model, ("code",), values, progress, where=CURRENT)


DIAGNOSES = Register(
    name="diagnoses",
    title="diagnoses",
    columns=("code", "name"),
    key="code",
    read=_diagnosis,
    store=partial(_store, Diagnosis),
)
ITEMS = Register(
    name="items",
    title="medical items",
    columns=("code", "name", "type", "package", "price", "care_type", "frequency_days", "patient_category_mask"),
    key="code",
    read=_item,
    store=partial(_store, Item),
)
SERVICES = Register(
    name="services",
    title="medical services",
    columns=(
        "code", "name", "type", "level", "price", "care_type", "frequency_days", "patient_category_mask", "category",
    ),
    key="code",
    read=_service,
    store=partial(_store, Service),
)  # fmt: skip
ALL = (DIAGNOSES, ITEMS, SERVICES)
