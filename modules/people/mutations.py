"""Mutations of accounts, roles and sign-in: `services`, `roles` and `sign_in` do the work."""

from datetime import datetime
from typing import Annotated, Any, TypeVar

from core import PUBLIC, SIGNED_IN, Context, Payload, argument, mutation, output_type
from modules.people import errors, inputs, models, rights
from modules.people.services import access_keys, accounts, reset, roles, second_factor
from modules.people.services import sign_in as sessions
from modules.people.services.grants import require_whole_country
from modules.people.settings import Settings
from modules.people.types import AccessKey, Role, User


@output_type
class SignInPayload(Payload):
    """What a device that signed in gets."""

    access_token: Annotated[str | None, argument("Goes with each request: `Authorization: Bearer ...`.")] = None
    refresh_token: Annotated[str | None, argument("Keep it safe: refreshSession takes it, once.")] = None
    expires_at: Annotated[datetime | None, argument("When the access token's time ends: refresh before.")] = None
    device_token: Annotated[str | None, argument("Keep it, also when signed out: signIn takes it next time.")] = None
    user: Annotated[User | None, argument("The account.")] = None


@output_type
class RefreshSessionPayload(SignInPayload):
    """What a device that stays signed in gets."""


@output_type
class SignOutPayload(Payload):
    """What signing out did."""

    devices_signed_out: Annotated[int, argument("How many devices were signed out.")] = 0


@output_type
class EnrolSecondFactorPayload(Payload):
    """What an authenticator app takes, shown this once."""

    secret: Annotated[str | None, argument("To be typed where no QR code can be read.")] = None
    uri: Annotated[str | None, argument("`otpauth://...`, for a QR code.")] = None


@output_type
class ActivateSecondFactorPayload(Payload):
    """The second factor counts."""

    recovery_codes: Annotated[list[str] | None, argument("Each signs in once without the app. Shown this once.")] = None


@output_type
class DiscardSecondFactorPayload(Payload):
    """What removing did."""

    removed: Annotated[bool, argument("Whether there was a second factor.")] = False


@output_type
class RequestPasswordResetPayload(Payload):
    """The same for every user name."""

    minutes: Annotated[int | None, argument("For how many minutes a token that is sent is good.")] = None


@output_type
class CreatePasswordResetPayload(Payload):
    """A token to hand over."""

    token: Annotated[str | None, argument("resetPassword takes it, once. Shown this once.")] = None
    expires_at: Annotated[datetime | None, argument("When its time ends.")] = None


@output_type
class ResetPasswordPayload(Payload):
    """What a reset did."""

    done: Annotated[bool, argument("Whether the password is set: sign in with it.")] = False


@output_type
class CreateAccessKeyPayload(Payload):
    """A key to hand over."""

    key: Annotated[str | None, argument("For `Authorization: Bearer bima_...`. Shown this once.")] = None
    access_key: Annotated[AccessKey | None, argument("What is kept of it.")] = None


@mutation(SignInPayload, right=PUBLIC, remembered=False)
async def sign_in(ctx: Context, input: inputs.SignInInput) -> SignInPayload:
    """Sign a device in. A few wrong passwords in a row make the user name wait, longer each time."""
    return _told(
        SignInPayload,
        await sessions.sign_in(ctx, input.username, input.password, input.device_name, input.device_token, input.code),
    )


@mutation(RefreshSessionPayload, right=PUBLIC, remembered=False)
async def refresh_session(ctx: Context, input: inputs.RefreshSessionInput) -> RefreshSessionPayload:
    """Stay signed in: new tokens for the refresh token, without an access token. Repeat it when the answer got lost.

    A refresh token that comes back later was copied: the device is signed out.
    """
    return _told(RefreshSessionPayload, await sessions.refresh(ctx, input.refresh_token, input.device_name))


@mutation(SignOutPayload, right=SIGNED_IN)
async def sign_out(ctx: Context, input: inputs.SignOutInput) -> SignOutPayload:
    """Sign out on this device, on another one, or everywhere; it acts at once."""
    ended = await sessions.sign_out(ctx, everywhere=input.everywhere, device_id=input.device_id)
    return SignOutPayload(devices_signed_out=ended)


@mutation(User, right=SIGNED_IN)
async def change_password(ctx: Context, input: inputs.ChangePasswordInput) -> models.Account:
    """Change one's own password. Other devices are signed out; this one refreshes its session next."""
    return await sessions.change_password(ctx, input.current_password, input.new_password)


@mutation(EnrolSecondFactorPayload, right=SIGNED_IN, remembered=False)
async def enrol_second_factor(ctx: Context, input: inputs.EnrolSecondFactorInput) -> EnrolSecondFactorPayload:
    """Begin a second factor for one's own account; activateSecondFactor comes next."""
    begun = await second_factor.enrol(ctx, input.current_password)
    return EnrolSecondFactorPayload(secret=begun.secret, uri=begun.uri)


@mutation(ActivateSecondFactorPayload, right=SIGNED_IN, remembered=False)
async def activate_second_factor(ctx: Context, input: inputs.ActivateSecondFactorInput) -> ActivateSecondFactorPayload:
    """Make the second factor count: from now on signing in takes a code. Answers the recovery codes."""
    return ActivateSecondFactorPayload(recovery_codes=await second_factor.confirm(ctx, input.code))


@mutation(DiscardSecondFactorPayload, right=SIGNED_IN)
async def discard_second_factor(ctx: Context, input: inputs.DiscardSecondFactorInput) -> DiscardSecondFactorPayload:
    """Remove one's own second factor with a code, or as an administrator that of another who lost the telephone."""
    if input.user_id is None:
        return DiscardSecondFactorPayload(removed=await second_factor.remove_own(ctx, input.code))
    ctx.require(rights.USER_UPDATE)
    return DiscardSecondFactorPayload(removed=await accounts.discard_second_factor(ctx, input.user_id))


@mutation(RequestPasswordResetPayload, right=PUBLIC, remembered=False)
async def request_password_reset(ctx: Context, input: inputs.RequestPasswordResetInput) -> RequestPasswordResetPayload:
    """Have a token sent that sets another password. The answer does not tell whether the account exists."""
    await reset.request(ctx, input.username)
    return RequestPasswordResetPayload(minutes=ctx.settings(Settings).reset_minutes)


@mutation(CreatePasswordResetPayload, right=rights.USER_UPDATE, remembered=False)
async def create_password_reset(ctx: Context, input: inputs.CreatePasswordResetInput) -> CreatePasswordResetPayload:
    """Get a token for somebody whom no message reaches; it replaces the one before."""
    require_whole_country(ctx)
    given = await reset.create(ctx, input.user_id)
    return CreatePasswordResetPayload(token=given.token, expires_at=given.expires_at)


@mutation(ResetPasswordPayload, right=PUBLIC, remembered=False)
async def reset_password(ctx: Context, input: inputs.ResetPasswordInput) -> ResetPasswordPayload:
    """Set another password with a token, once; all devices are signed out."""
    await reset.reset(ctx, input.token, input.new_password)
    return ResetPasswordPayload(done=True)


@mutation(User, right=rights.USER_CREATE)
async def create_user(ctx: Context, input: inputs.CreateUserInput) -> models.Account:
    """Create an account."""
    return await accounts.create_user(ctx, input)


@mutation(User, right=rights.USER_UPDATE)
async def update_user(ctx: Context, input: inputs.UpdateUserInput) -> models.Account:
    """Change an account, its roles and what it works at; it acts at once."""
    return await accounts.update_user(ctx, input)


@mutation(User, right=rights.USER_UPDATE)
async def deactivate_user(ctx: Context, input: inputs.DeactivateUserInput) -> models.Account:
    """Shut an account out at once, on all its devices."""
    return await accounts.deactivate_user(ctx, input)


@mutation(CreateAccessKeyPayload, right=rights.KEY_CREATE, once=errors.KEY_HANDED_OUT)
async def create_access_key(ctx: Context, input: inputs.CreateAccessKeyInput) -> CreateAccessKeyPayload:
    """Make a key for another system. Its text is answered once: a repeat is told which key to revoke."""
    made, key = await access_keys.create(
        ctx, input.user_id, input.name, id=input.id, expires_on=input.expires_on, rights=input.rights,
        requests_per_minute=input.requests_per_minute,
    )  # fmt: skip
    ctx.result_id = made.id
    row: Any = made.id
    return CreateAccessKeyPayload(key=key.text, access_key=row)


@mutation(AccessKey, right=rights.KEY_REVOKE)
async def revoke_access_key(ctx: Context, input: inputs.RevokeAccessKeyInput) -> models.AccessKey:
    """Let a key open nothing any more; it acts at once."""
    return await access_keys.revoke(ctx, input.id)


@mutation(Role, right=rights.ROLE_CREATE)
async def create_role(ctx: Context, input: inputs.CreateRoleInput) -> models.Role:
    """Create a role."""
    return await roles.create_role(ctx, input)


@mutation(Role, right=rights.ROLE_UPDATE)
async def update_role(ctx: Context, input: inputs.UpdateRoleInput) -> models.Role:
    """Change a role, for all accounts that have it; it acts at once."""
    return await roles.update_role(ctx, input)


P = TypeVar("P", bound=SignInPayload)


def _told(payload: type[P], tokens: sessions.Tokens) -> P:
    user: Any = tokens.account_id
    return payload(
        device_token=tokens.device_token,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_at=tokens.expires_at,
        user=user,
    )
