"""The two tokens of a session: a short-lived access token that is read, and a refresh token that is looked up.

An access token is what it says, signed by itsdangerous; clients only carry it. A refresh token is the session's id and
a secret; the one that follows it is derived from it with our key. So a repeated refresh gets the same answer although
only hashes are stored.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from pydantic import SecretStr

from core import Context, clock

ISSUER = "bima.people"
PURPOSES = ("access", "refresh", "names", "devices", "factors", "resets")
_ID_BYTES = 16
_SECRET_BYTES = 32


@dataclass(frozen=True)
class Access:
    """What an access token says."""

    account_id: UUID
    session_id: UUID
    credentials_version: int
    expires_at: datetime

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at <= clock.now()


@dataclass(frozen=True)
class Keys:
    """Keys derived from the installation's secret, one per purpose, so that none serves for another."""

    access: bytes
    refresh: bytes
    names: bytes
    devices: bytes
    factors: bytes
    resets: bytes

    @classmethod
    def of(cls, secret: SecretStr) -> "Keys":
        """The keys of an installation with this secret."""
        key = secret.get_secret_value().encode()
        return cls(*(_mac(key, f"{ISSUER} {purpose}".encode()) for purpose in PURPOSES))


def keys_of(ctx: Context) -> Keys:
    """The keys of the installation."""
    return Keys.of(ctx.host.settings.secret)


def write_access(keys: Keys, access: Access) -> str:
    """The access token that says so."""
    expires = int(access.expires_at.timestamp())
    return _signer(keys.access).dumps(
        [access.account_id.hex, access.session_id.hex, access.credentials_version, expires]
    )


def read_access(keys: Keys, token: str) -> Access | None:
    """What an access token says, expired or not; None when it is not one of ours."""
    try:
        account, session, version, expires = _signer(keys.access).loads(token)
    except BadData:
        return None
    return Access(UUID(account), UUID(session), version, datetime.fromtimestamp(expires, tz=UTC))


def first_refresh(session_id: UUID) -> str:
    """The refresh token that a new session starts with."""
    return _encoded(session_id, secrets.token_bytes(_SECRET_BYTES))


def next_refresh(keys: Keys, session_id: UUID, token: str) -> str:
    """The refresh token that follows a given one of the session; always the same."""
    return _encoded(session_id, _mac(keys.refresh, token.encode()))


def session_of(token: str) -> UUID | None:
    """The session that a refresh token belongs to; None when it is no refresh token."""
    try:
        data = base64.urlsafe_b64decode(token.encode("ascii"))
    except ValueError:
        return None
    return UUID(bytes=data[:_ID_BYTES]) if len(data) == _ID_BYTES + _SECRET_BYTES else None


def fingerprint(token: str) -> bytes:
    """What is stored of a refresh token."""
    return hashlib.sha256(token.encode()).digest()


def name_hash(keys: Keys, username: str, device_id: UUID | None = None) -> bytes:
    """What is stored of a name under which somebody tries to sign in; for each known device something else."""
    device = b"" if device_id is None else b"\0" + device_id.bytes
    return _mac(keys.names, username.casefold().encode() + device)


def device_token(keys: Keys, device_id: UUID, username: str) -> str:
    """What a device keeps to be known again when it signs in under the same name."""
    return _encoded(device_id, _mac(keys.devices, device_id.bytes + username.casefold().encode()))


def device_of(keys: Keys, token: str, username: str) -> UUID | None:
    """The device that a token makes known under the name; None when it is not ours, or another name's."""
    device = session_of(token)
    known = device is not None and hmac.compare_digest(device_token(keys, device, username), token)
    return device if known else None


def reset_token(keys: Keys, id: UUID) -> str:
    """The token of a password reset; always the same for its id."""
    return _encoded(id, _mac(keys.resets, id.bytes))


def reset_of(keys: Keys, token: str) -> UUID | None:
    """The password reset that a token belongs to; None when it is not ours."""
    id = session_of(token)
    return id if id is not None and hmac.compare_digest(reset_token(keys, id), token) else None


def reset_hash(keys: Keys, username: str) -> bytes:
    """What is stored of a name for which a password reset was asked."""
    return _mac(keys.names, b"reset " + username.casefold().encode())


def address_hash(keys: Keys, address: str, *, known_name: bool = False) -> bytes:
    """What is stored of an address from which somebody tries unknown names; for known names something else."""
    return _mac(keys.names, (b"address of known names " if known_name else b"address ") + address.encode())


@lru_cache(maxsize=10)
def _signer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, ISSUER, signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"})


def _encoded(session_id: UUID, secret: bytes) -> str:
    return base64.urlsafe_b64encode(session_id.bytes + secret).decode()


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
