"""Whom the benefit is for."""

from pydantic import Field

from core import ModuleSettings


class Settings(ModuleSettings):
    """The group and its care."""

    below_age: int = Field(default=5, ge=1, le=18)
    """Whoever has not had this birthday on the target date of the claim pays nothing."""
    hospital: bool = True
    """Whether that holds for hospital stays too."""
