"""What the mutations of accounts, roles and sign-in take."""

from datetime import date
from typing import Annotated
from uuid import UUID

from core import UNSET, MutationInput, argument, input_type

Version = Annotated[int, argument("The version that the change is based on.")]


@input_type
class SignInInput(MutationInput):
    """Who signs in, and on which device."""

    username: Annotated[str, argument("The user name; capitals do not matter.")]
    password: Annotated[str, argument("The password.")]
    device_name: Annotated[str, argument("What the user calls the device; at most 100 characters.")] = ""
    device_token: Annotated[str, argument("What the device got when it signed in before, so that it is known.")] = ""
    code: Annotated[str | None, argument("The second factor's six digits, or one of the recovery codes.")] = None


@input_type
class RefreshSessionInput(MutationInput):
    """The device's refresh token, spent by this."""

    refresh_token: Annotated[str, argument("The refresh token that the device got last.")]
    device_name: Annotated[str, argument("As given when it signed in. A repeated refresh needs it.")] = ""


@input_type
class SignOutInput(MutationInput):
    """Which devices to sign out: the present one, unless one is named or all are meant."""

    everywhere: Annotated[bool, argument("All devices of the account.")] = False
    device_id: Annotated[UUID | None, argument("Another device of the account, such as a lost phone.")] = None


@input_type
class ChangePasswordInput(MutationInput):
    """Another password for one's own account."""

    current_password: Annotated[str, argument("The password until now.")]
    new_password: Annotated[str, argument("The password from now on; at least 10 characters.")]


@input_type
class EnrolSecondFactorInput(MutationInput):
    """The beginning of a second factor for one's own account; it counts once it is confirmed."""

    current_password: Annotated[str, argument("The password.")]


@input_type
class ActivateSecondFactorInput(MutationInput):
    """The proof that the authenticator app has the secret."""

    code: Annotated[str, argument("The six digits that the app shows.")]


@input_type
class DiscardSecondFactorInput(MutationInput):
    """A second factor that is lost or no longer wanted."""

    code: Annotated[str | None, argument("For one's own: six digits, or one of the recovery codes.")] = None
    user_id: Annotated[UUID | None, argument("Another's account, by administrators; absent: one's own.")] = None


@input_type
class GrantInput:
    """What an account works at."""

    kind: Annotated[str, argument("`national`, or a kind that a module knows: `location`, `health_facility`.")]
    object_id: Annotated[UUID | None, argument("The thing's id; none for `national`.")] = None


@input_type
class CreateUserInput(MutationInput):
    """A new account."""

    username: Annotated[str, argument("3 to 60 characters without spaces; unique whatever the capitals.")]
    last_name: Annotated[str, argument("The family name.")]
    other_names: Annotated[str, argument("The other names.")]
    id: Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")] = None
    email: Annotated[str | None, argument("The e-mail address.")] = None
    phone: Annotated[str | None, argument("The telephone number.")] = None
    language: Annotated[str | None, argument("en, sw or fr; the scheme's own when absent.")] = None
    machine: Annotated[bool, argument("It is another system's: it has access keys, never a password.")] = False
    password: Annotated[str | None, argument("A first password, to be changed at once.")] = None
    role_codes: Annotated[list[str] | None, argument("The codes of its roles.")] = None
    grants: Annotated[list[GrantInput] | None, argument("What it works at; without any it sees nothing.")] = None


@input_type
class UpdateUserInput(MutationInput):
    """Changes of an account. What is absent stays; null clears; a list replaces the whole list."""

    id: Annotated[UUID, argument("The account.")]
    expected_version: Version
    last_name: Annotated[str | None, argument("The family name.")] = UNSET
    other_names: Annotated[str | None, argument("The other names.")] = UNSET
    email: Annotated[str | None, argument("The e-mail address.")] = UNSET
    phone: Annotated[str | None, argument("The telephone number.")] = UNSET
    language: Annotated[str | None, argument("en, sw or fr.")] = UNSET
    active: Annotated[bool | None, argument("True lets a deactivated account sign in again.")] = UNSET
    password: Annotated[str | None, argument("Another password, to be changed at once; signs all devices out.")] = UNSET
    role_codes: Annotated[list[str] | None, argument("The codes of its roles.")] = UNSET
    grants: Annotated[list[GrantInput] | None, argument("What it works at.")] = UNSET


@input_type
class DeactivateUserInput(MutationInput):
    """An account that is not to be used any more."""

    id: Annotated[UUID, argument("The account.")]
    expected_version: Version


@input_type
class RequestPasswordResetInput(MutationInput):
    """Who forgot the password."""

    username: Annotated[str, argument("The user name; capitals do not matter.")]


@input_type
class CreatePasswordResetInput(MutationInput):
    """An account whose holder no message reaches."""

    user_id: Annotated[UUID, argument("The account.")]


@input_type
class ResetPasswordInput(MutationInput):
    """A token and the password it sets."""

    token: Annotated[str, argument("The token that was sent, or handed over by an administrator.")]
    new_password: Annotated[str, argument("Ten characters or more, hard to guess.")]


@input_type
class CreateAccessKeyInput(MutationInput):
    """A key for another system."""

    user_id: Annotated[UUID, argument("The system's account, which is a machine's.")]
    name: Annotated[str, argument("What people know it by, such as where it is used; at most 100 characters.")]
    id: Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")] = None
    expires_on: Annotated[date | None, argument("The last day it is good; absent: until revoked.")] = None
    rights: Annotated[
        list[str] | None, argument("Those of the account's rights that it has; absent: all, later ones too.")
    ] = None
    requests_per_minute: Annotated[
        int | None, argument("How often it may ask; absent: as often as any device, and together with its account.")
    ] = None


@input_type
class RevokeAccessKeyInput(MutationInput):
    """A key that is to open nothing any more."""

    id: Annotated[UUID, argument("The key's id, which is no part of its text.")]


@input_type
class CreateRoleInput(MutationInput):
    """A new role."""

    code: Annotated[str, argument("Unique; at most 40 characters, such as DISTRICT_AUDITOR.")]
    name: Annotated[str, argument("What people call it.")]
    id: Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")] = None
    rights: Annotated[list[str] | None, argument("The names of the rights it holds.")] = None
    requires_second_factor: Annotated[bool, argument("Whether who has it needs a second factor.")] = False


@input_type
class UpdateRoleInput(MutationInput):
    """Changes of a role, for all accounts that have it. What is absent stays; a list replaces the whole list."""

    id: Annotated[UUID, argument("The role.")]
    expected_version: Version
    name: Annotated[str | None, argument("What people call it.")] = UNSET
    rights: Annotated[list[str] | None, argument("The names of the rights it holds.")] = UNSET
    requires_second_factor: Annotated[bool | None, argument("Whether who has it needs a second factor.")] = UNSET
