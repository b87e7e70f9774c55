"""What can be done with the medical registers and price lists, and what other modules may ask of them."""

from modules.medical.imports import DIAGNOSES, ITEMS, SERVICES
from modules.medical.price_lists import (
    create_price_list,
    delete_price_list,
    region_or_district,
    set_facility_lists,
    set_lines,
    update_price_list,
)  # fmt: skip
from modules.medical.prices import Wanted, prices
from modules.medical.registers import (
    Named,
    by_codes,
    create_diagnosis,
    create_item,
    create_service,
    delete,
    named,
    parts_of_services,
    update_diagnosis,
    update_item,
    update_service,
)  # fmt: skip

__all__ = [
    "DIAGNOSES", "ITEMS", "SERVICES", "Named", "Wanted", "by_codes", "create_diagnosis", "create_item",
    "create_price_list", "create_service", "delete", "delete_price_list", "named", "parts_of_services", "prices",
    "region_or_district", "set_facility_lists", "set_lines", "update_diagnosis", "update_item",
    "update_price_list", "update_service",
]  # fmt: skip
