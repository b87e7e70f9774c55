"""A product as it is sent, and what its tests ask of it."""

from typing import Any

FLAT: dict[str, Any] = {
    "code": "CHF01",
    "name": "Community Health Fund",
    "insurancePeriod": 12,
    "lumpSum": "30000.00",
    "threshold": 6,
    "maxMembers": 6,
}
PRICE = "product { id code version lumpSum terms { validFrom validTo present lumpSum } }"
