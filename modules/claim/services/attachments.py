"""The papers of claims: files that were sent, and links to hosts that the scheme allows (claims spec 2.15)."""

from uuid import UUID

from sqlalchemy import func, select

from core import (
    TOO_LONG,
    Code,
    Context,
    FileKind,
    Problems,
    UserError,
    check_codes,
    check_columns,
    claim_file,
    clock,
    find,
    new_id,
    noting,
    tidy,
)
from modules.claim import errors, rules
from modules.claim.inputs import AddClaimAttachmentInput, RemoveClaimAttachmentInput
from modules.claim.models import LONGEST_TEXT, ClaimAttachment
from modules.claim.services.entry import editable
from modules.claim.settings import Settings

MOST_ATTACHMENTS = 20
TYPE = "claim_attachment_type"


async def add_attachment(ctx: Context, input: AddClaimAttachmentInput) -> ClaimAttachment:
    """Add a paper to a claim that was not submitted, or that was returned.

    Raises:
        UserErrors: NOT_FOUND, CLAIM_NOT_EDITABLE, TOO_MANY_ATTACHMENTS, REQUIRED, TOO_LONG, UNKNOWN_CODE, FILE_OR_LINK,
            FILE_UNKNOWN, FILE_KIND, LINK_NOT_ALLOWED.
    """
    claim = await editable(ctx, input.claim_id, "claimId")
    values = tidy({"title": input.title, "link": input.url, "type_code": input.type_code})
    problems = Problems()
    if await _count(ctx, claim.id) >= MOST_ATTACHMENTS:
        problems.add(errors.TOO_MANY_ATTACHMENTS, "claimId", most=MOST_ATTACHMENTS)
    check_columns(ClaimAttachment, {"title": values["title"]}, problems)
    if values["type_code"] is not None:
        await check_codes(ctx, [Code(TYPE, values["type_code"], "typeCode")], problems)
    with noting(problems):
        await _check_place(ctx, input.file_id, values["link"])
    problems.stop()
    attachment = ClaimAttachment(id=input.id or new_id(), claim_id=claim.id, file_id=input.file_id, **values)
    ctx.session.add(attachment)
    await ctx.session.flush()
    return attachment


async def remove_attachment(ctx: Context, input: RemoveClaimAttachmentInput) -> ClaimAttachment:
    """Take a paper away from a claim that was not submitted, or that was returned. It is kept, and no longer shown.

    Raises:
        UserError: NOT_FOUND, CLAIM_NOT_EDITABLE.
    """
    found = await find(ctx, ClaimAttachment, input.id, "id")
    await editable(ctx, found.claim_id, "id")
    # The claim is locked now: whoever was faster has taken it away already.
    attachment = await find(ctx, ClaimAttachment, input.id, "id", lock=True)
    attachment.ended_at = clock.now()
    await ctx.session.flush()
    return attachment


async def _check_place(ctx: Context, file_id: UUID | None, link: str | None) -> None:
    if (file_id is None) == (link is None):
        raise UserError(errors.FILE_OR_LINK, "fileId")
    if file_id is not None:
        await claim_file(ctx, file_id, "fileId", kinds=(FileKind.DOCUMENT,))
        return
    hosts = ctx.settings(Settings).attachment_hosts
    if link is None or not rules.is_allowed_link(link, hosts):
        raise UserError(errors.LINK_NOT_ALLOWED, "url", hosts=", ".join(hosts) or "-")
    if len(link) > LONGEST_TEXT:
        raise UserError(TOO_LONG, "url", most=LONGEST_TEXT)


async def _count(ctx: Context, claim_id: UUID) -> int:
    own = select(func.count()).where(ClaimAttachment.claim_id == claim_id, ClaimAttachment.ended_at.is_(None))
    return await ctx.session.scalar(own) or 0
