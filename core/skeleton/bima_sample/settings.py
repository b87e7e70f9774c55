"""What an installation decides, in the table `[sample]` of `bima.toml`."""

from pydantic import Field

from core import ModuleSettings


class Settings(ModuleSettings):
    """How long entries are kept."""

    kept_days: int = Field(default=365, ge=1)
    """Days after which an entry is deleted."""
