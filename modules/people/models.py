"""Accounts, the roles they have, the places they are granted and the devices they are signed in on."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core import EVERYBODY, Base, Row, VersionedRow, Viewer

NATIONAL = "national"
"""The kind of a grant that opens the whole country. All other kinds belong to the modules that know their things."""

DEVICE_NAME_LENGTH = 100
"""Characters of a device's name at most."""


def own_or_all(column: str) -> Any:
    """The scope of what belongs to accounts: unbounded actors see all of it, everybody else their own."""

    def scope(row: Any, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
        if not viewer.unbounded:
            yield getattr(row, column) == viewer.value("account", Uuid)

    return scope


def own(row: Any, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
    """The scope of sessions: nobody sees another one's devices."""
    yield row.account_id == viewer.value("account", Uuid)


class Account(VersionedRow):
    """Who uses Bima. Accounts are never deleted, so that history can name them; they are deactivated.

    `machine`: it belongs to another system, which has access keys and no password; it stays what it was made.
    `credentials_version` counts what makes access tokens given out before invalid: another password, other roles,
    deactivation.
    """

    __tablename__ = "people_account"
    __scope__ = own_or_all("id")

    username: Mapped[str] = mapped_column(String(60))
    last_name: Mapped[str] = mapped_column(String(100))
    other_names: Mapped[str] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(50))
    language: Mapped[str] = mapped_column(String(2), default="en")
    active: Mapped[bool] = mapped_column(default=True)
    machine: Mapped[bool] = mapped_column(default=False, server_default=false())
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    credentials_version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("NOT machine OR (password_hash IS NULL AND NOT must_change_password)", name="machine"),
        Index("uq_people_account_username", func.lower(text("username")), unique=True),
        Index(None, "username", "id"),
        Index(None, "last_name", "other_names", "id"),
    )


class Role(VersionedRow):
    """A named set of rights. `system` marks the standard roles, whose codes the modules know."""

    __tablename__ = "people_role"
    __scope__ = EVERYBODY

    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    system: Mapped[bool] = mapped_column(default=False)
    requires_second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (UniqueConstraint("code"), Index(None, "name", "id"))


class RoleRight(Row):
    """A role holds a right, by the right's name."""

    __tablename__ = "people_role_right"

    role_id: Mapped[UUID] = mapped_column(ForeignKey("people_role.id"))
    right_name: Mapped[str] = mapped_column(String(100))

    __table_args__ = (UniqueConstraint("role_id", "right_name"),)


class AccountRole(Row):
    """An account has a role."""

    __tablename__ = "people_account_role"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("people_account.id"))
    role_id: Mapped[UUID] = mapped_column(ForeignKey("people_role.id"))

    __table_args__ = (UniqueConstraint("account_id", "role_id"), Index(None, "role_id"))


class Grant(Row):
    """An account works at a thing of another module, such as a place, or in the whole country."""

    __tablename__ = "people_grant"
    __scope__ = own_or_all("account_id")

    account_id: Mapped[UUID] = mapped_column(ForeignKey("people_account.id"))
    kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[UUID | None]

    __table_args__ = (
        UniqueConstraint("account_id", "kind", "object_id", postgresql_nulls_not_distinct=True),
        Index(None, "object_id"),
    )


class Session(Row):
    """A device that is signed in. Of its refresh tokens, present and previous, only the hashes are kept."""

    __tablename__ = "people_session"
    __scope__ = own

    account_id: Mapped[UUID] = mapped_column(ForeignKey("people_account.id"))
    device_name: Mapped[str] = mapped_column(String(DEVICE_NAME_LENGTH))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    previous_token_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    rotated_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "account_id", "last_used_at", "id"), Index(None, "expires_at"))


class AccessKey(Row):
    """A key with which another system acts for a machine's account. Of its text only the hash is kept.

    `public_id`: the part of the text that may be known. `rights`: null means all that the account has; otherwise those
    of them that are named. `expires_on`: the last day on which it is good. `last_used_at` is written about once a
    minute of use. `created_by_id` may be an account that only another module knows, which signs people in.
    """

    __tablename__ = "people_access_key"
    __scope__ = own_or_all("account_id")

    account_id: Mapped[UUID] = mapped_column(ForeignKey("people_account.id"))
    name: Mapped[str] = mapped_column(String(100))
    public_id: Mapped[str] = mapped_column(String(12))
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    rights: Mapped[list[str] | None] = mapped_column(ARRAY(String(100)))
    requests_per_minute: Mapped[int | None]
    expires_on: Mapped[date | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_by_id: Mapped[UUID | None]

    __table_args__ = (
        UniqueConstraint("public_id"),
        Index(None, "account_id", "created_at", "id"),
        Index(None, "created_at", "id"),
    )


class SecondFactor(Row):
    """The secret that an account shares with an authenticator app, enciphered. It counts once it is confirmed.

    `last_step`: the last period of 30 seconds whose code was taken; no code is taken twice. Of recovery codes only
    keyed hashes are kept, and only while they are not used.
    """

    __tablename__ = "people_second_factor"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("people_account.id"), unique=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int]
    recovery_hashes: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))


class PasswordReset(Row):
    """A token that sets another password, the last one that an account was given. Nothing of the token is stored."""

    __tablename__ = "people_password_reset"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("people_account.id"), unique=True)
    expires_at: Mapped[datetime]


class SignInTry(Base):
    """Tries to sign in under a name since the last good one, whether an account has that name or not.

    Unknown devices share one row a name; each known device has its own, and so has an address where unknown names are
    tried.

    The name is kept as a keyed hash only: people type passwords into the wrong field.
    """

    __tablename__ = "people_sign_in_try"

    name_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    tries: Mapped[int]
    last_at: Mapped[datetime]
    waits_until: Mapped[datetime | None]

    __table_args__ = (Index(None, "last_at"),)


class SeededRight(Base):
    """A right that a standard role was given once; what administrators take away afterwards stays away."""

    __tablename__ = "people_seeded_right"

    role_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    right_name: Mapped[str] = mapped_column(String(100), primary_key=True)
