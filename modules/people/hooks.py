"""What other modules can do for accounts."""

from core import Context, hookspec
from modules.people.models import Account


@hookspec
async def deliver_reset_token(ctx: Context, account: Account, token: str) -> None:
    """Send somebody the token that sets another password, to the telephone or e-mail address of the account.

    Called by a job, once or again after a failure. The token must not be stored or logged. Without an implementer
    nothing is sent, and administrators hand tokens out with `createPasswordReset`.
    """
