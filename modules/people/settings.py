"""What a scheme decides about signing in."""

from pydantic import Field

from core import ModuleSettings


class Settings(ModuleSettings):
    """Settings of the module `people`."""

    access_minutes: int = Field(default=15, ge=1, le=60)
    """How long an access token is valid, in minutes."""
    session_days: int = Field(default=90, ge=1)
    """A device that does not refresh for so many days is signed out."""
    repeat_seconds: int = Field(default=120, ge=0)
    """For how many seconds the last refresh may be repeated: on weak networks answers get lost."""
    free_tries: int = Field(default=5, ge=2)
    """Wrong passwords in a row before the device, or all unknown devices under the name, have to wait."""
    address_free_tries: int = Field(default=500, ge=1)
    """Sign-ins in a day under names that no account has, before unknown devices at the address have to wait.

    High, because whole districts share an address.
    """
    self_service_reset: bool = True
    """Whether who forgot a password may have a token sent; if not, administrators hand them out."""
    reset_minutes: int = Field(default=30, ge=5, le=1440)
    """How long a token that sets another password is good, in minutes."""
    longest_wait_minutes: int = Field(default=15, ge=1)
    """The wait doubles from one minute up to this."""
