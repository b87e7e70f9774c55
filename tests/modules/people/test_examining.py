"""What `bima doctor` tells of accounts."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core import Finding, hook
from core.doctor import examine
from core.host import Host
from modules.people.settings import Settings
from modules.people.testing import make_account, make_key


async def found(host: Host, what: str) -> Finding:
    return next(finding for finding in await examine(host) if finding.what == what)


async def test_resets_that_no_module_sends_are_told_with_what_to_do(host: Host) -> None:
    finding = await found(host, "password resets")
    assert finding.level == "odd"
    assert "deliver_reset_token" in finding.advice
    assert "self_service_reset" in finding.advice

    class Messages:
        @hook
        async def deliver_reset_token(self) -> None:
            pass

    messages = Messages()
    host.plugins.register(messages, "messages-of-test")
    try:
        assert (await found(host, "password resets")).found == "sent by messages-of-test"
    finally:
        host.plugins.unregister(messages)
    settings = host.module_settings(Settings).model_copy(update={"self_service_reset": False})
    host._module_settings = {**host._module_settings, Settings: settings}
    assert (await found(host, "password resets")).level == "fine"


async def test_old_keys_without_an_end_are_told(host: Host, session: AsyncSession) -> None:
    account = await make_account(session, "gothomis", machine=True)
    for _ in range(3):
        await make_key(session, account)
    await session.commit()
    assert (await found(host, "access keys")).found == "3 not revoked"
    for number, change in enumerate(("expires_on = '2099-01-01'", "revoked_at = now()", "name = 'Old'")):
        key = f"(SELECT id FROM people_access_key ORDER BY id OFFSET {number} LIMIT 1)"
        await session.execute(text(f"UPDATE people_access_key SET {change} WHERE id = {key}"))
    await session.execute(text("UPDATE people_access_key SET created_at = now() - interval '400 days'"))
    await session.commit()
    finding = await found(host, "access keys")
    assert (finding.level, finding.found) == ("odd", "1 older than a year without an end")
