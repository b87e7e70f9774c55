"""Accounts, roles and devices in GraphQL. Passwords and tokens have no field."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import exists

from core import SQL, Node, Where, argument, column, expression, many, mapped, one, output_type, reference
from modules.people import models
from modules.people.expressions import has_second_factor, lacks_second_factor, listed, rights_of


@mapped(models.Role, search=("code", "name"))
class Role(Node):
    """A named set of rights that accounts have."""

    code: str = column("Unique among roles.")
    name: str = column("What people call it.")
    system: bool = column("Whether it is one of the standard roles, which modules give their new rights to.")
    requires_second_factor: bool = column("Whether who has it may do nothing without a second factor.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was created.")
    updated_at: datetime = column("When it was last changed.")

    @expression
    def rights(role: type[models.Role]) -> SQL[list[str]]:
        """The names of the rights it holds, in alphabetical order."""
        return listed(models.RoleRight.right_name, models.RoleRight.role_id == role.id)


@mapped(models.Grant)
class Grant(Node):
    """What an account works at: the whole country, or a thing such as a place or a health facility."""

    kind: str = column("`national`, or a kind that a module knows: `location`, `health_facility`.")
    object_id: UUID | None = column("The thing's id; none for `national`.")


@mapped(models.Account, search=("username", "last_name", "other_names"))
class User(Node):
    """An account that signs in."""

    username: str = column("Unique, whatever the capitals.")
    last_name: str = column("The family name.")
    other_names: str = column("The other names.")
    email: str | None = column("The e-mail address.")
    phone: str | None = column("The telephone number.")
    language: str = column("The language the user reads: en, sw or fr.")
    active: bool = column("Whether it may sign in.")
    machine: bool = column("Whether it is another system's, which has access keys and no password.")
    must_change_password: bool = column("Whether it may do nothing before it changed its password.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was created.")
    updated_at: datetime = column("When it was last changed.")

    @expression
    def rights(account: type[models.Account]) -> SQL[list[str]]:
        """The names of all rights that its roles hold, in alphabetical order."""
        return rights_of(account.id)

    @expression
    def second_factor(account: type[models.Account]) -> SQL[bool]:
        """Whether signing in takes a code of an authenticator app as well."""
        return has_second_factor(account.id)

    @expression
    def lacks_second_factor(account: type[models.Account]) -> SQL[bool]:
        """Whether it may do nothing before it set up the second factor that one of its roles requires."""
        return lacks_second_factor(account.id)

    @many(Role, order=("name", "id"))
    def roles(account: type[models.Account], role: type[models.Role]) -> Where:
        """Its roles, by name."""
        has = models.AccountRole
        yield exists(has).where(has.role_id == role.id, has.account_id == account.id).correlate_except(has)

    @many(Grant, order=("kind", "id"), seen_with_parent=True)
    def grants(account: type[models.Account], grant: type[models.Grant]) -> Where:
        """What it works at; without any it sees nothing."""
        yield grant.account_id == account.id


@mapped(models.Session)
class Device(Node):
    """A device that an account is signed in on."""

    device_name: str = column("What the user calls it.")
    created_at: datetime = column("When it signed in.")
    last_used_at: datetime = column("When it last signed in or refreshed its session.")
    expires_at: datetime = column("When it is signed out unless it refreshes before.")


@mapped(models.AccessKey, search=("name", "public_id"))
class AccessKey(Node):
    """A key with which another system acts. Its text was shown when it was made, and is not kept."""

    name: str = column("What people know it by.")
    public_id: str = column("What follows `bima_` in its text: to know it again by, and no secret.")
    user: User = reference("The system's account.", by="account_id", seen_with_parent=True)
    rights: list[str] | None = column("Those of the account's rights that it has; null: all of them.")
    requests_per_minute: int | None = column("How often it may ask; null: as often as any device.")
    expires_on: date | None = column("The last day on which it is good; null: until it is revoked.")
    created_at: datetime = column("When it was made.")
    last_used_at: datetime | None = column("When it was last used, to a minute or two.")
    revoked_at: datetime | None = column("When it was revoked.")

    @one(User)
    def created_by(key: type[models.AccessKey], account: type[models.Account]) -> Where:
        """Who made it; null for the command line."""
        yield account.id == key.created_by_id


@output_type
class RightInfo:
    """A right that roles can hold."""

    name: Annotated[str, argument("Unique: module, thing and action, such as `insuree.family.create`.")]
    title: Annotated[str, argument("What it allows.")]
