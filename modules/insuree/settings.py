"""What a scheme may set: the table `[insuree]`."""

from typing import Self

from pydantic import Field, model_validator

from core import ModuleSettings
from modules.insuree.rules import PHOTO_MONTHS_ADULT, PHOTO_MONTHS_CHILD, NumberRule


class Settings(ModuleSettings):
    """How insurance numbers look; each part is off when empty, and a number is always needed. How old photos get.

    `number_length`: exact number of characters. `number_check`: "mod7" (the CHF number; mod2 to mod9 exist) or "luhn".
    `number_pattern`: a regular expression for the whole number. `photo_months_adult`, `photo_months_child`: months
    after which a new photo is due.
    """

    number_length: int = 0
    number_check: str = ""
    number_pattern: str = ""
    photo_months_adult: int = Field(default=PHOTO_MONTHS_ADULT, ge=0)
    photo_months_child: int = Field(default=PHOTO_MONTHS_CHILD, ge=0)

    @property
    def number_rule(self) -> NumberRule:
        """The three of them together."""
        return NumberRule(self.number_length, self.number_check, self.number_pattern)

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        _ = self.number_rule
        return self
