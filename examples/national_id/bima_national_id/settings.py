"""Where the register is and how patient we are."""

from pydantic import Field, SecretStr

from core import ModuleSettings


class Settings(ModuleSettings):
    """The register of one country."""

    url: str = Field(default="http://127.0.0.1:9", pattern="^https?://[^?#]+[^?#/]$")
    """Where it answers, without a slash at the end."""
    token: SecretStr = SecretStr("")
    """What we show to be let in."""
    seconds: float = Field(default=5, gt=0)
    """How long one answer may take, from the connection to its last byte."""
    id_types: tuple[str, ...] = ("N",)
    """The codes of the lookup `id_type` whose documents the register knows."""
    failures: int = Field(default=5, ge=1)
    """After so many failures in a row the register is left in peace."""
    rest_seconds: float = Field(default=60, gt=0)
    """For how long."""
