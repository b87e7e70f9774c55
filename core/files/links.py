"""Signed links: whoever has one may fetch one file for ten minutes, such as a browser that shows a photo."""

import base64
import hmac
from datetime import timedelta
from uuid import UUID

from core import clock
from core.context import Context
from core.settings import Settings

LIFETIME = timedelta(minutes=10)
PATH = "/files"


def link_to(ctx: Context, file_id: UUID) -> str:
    """A fresh link to a file. Give it only to those who may see what the file belongs to.

    It begins with the setting `public_url`; without that it is a path below wherever the API is.
    """
    expires = str(int((clock.now() + LIFETIME).timestamp()))
    settings = ctx.host.settings
    return f"{settings.public_url}{PATH}/{file_id}?expires={expires}&signature={_signature(settings, file_id, expires)}"


def is_valid(settings: Settings, file_id: UUID, expires: str, signature: str) -> bool:
    """Whether a link was made here, for this file, and its time is not over."""
    made_here = hmac.compare_digest(_signature(settings, file_id, expires).encode(), signature.encode())
    return made_here and int(expires) > clock.now().timestamp()


def _signature(settings: Settings, file_id: UUID, expires: str) -> str:
    secret = settings.secret.get_secret_value().encode()
    # A key of its own, so that nothing else signed with the secret serves as a link.
    key = hmac.digest(secret, b"bima.core links to files", "sha256")
    return base64.urlsafe_b64encode(hmac.digest(key, f"{file_id} {expires}".encode(), "sha256")).decode().rstrip("=")
