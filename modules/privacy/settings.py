"""What a scheme may set: the table `[privacy]`."""

from pydantic import Field

from core import ModuleSettings


class Settings(ModuleSettings):
    """`retention_months`: so long after the registration ended a person is pseudonymised by night; 0 for never.

    The country's law says how long.
    """

    retention_months: int = Field(default=0, ge=0, le=1200)
