"""Secrets are in no history and no log: passwords, tokens, and what is kept to check them by."""

import logging
import re

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core.testing import Api
from modules.people.models import Account
from modules.people.testing import PASSWORD, make_account
from tests.modules.people.test_sign_in import CHANGE_PASSWORD, Ask, Holder

SECRET = re.compile(r"password|secret|token|hash|recovery|last_step")
"""What columns that hold secrets are called; a new one is called so, too."""
NO_SECRET = {"requires_second_factor", "password_changed_at", "must_change_password"}
COLUMNS = text("""
    SELECT relname, attname, encode(tgargs, 'escape')
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_attribute ON attrelid = tgrelid
    WHERE tgname = 'core_history_insert' AND attnum > 0 AND NOT attisdropped
""")


@pytest.mark.profile("tanzania-chf")
async def test_no_secret_column_of_any_table_is_recorded(session: AsyncSession) -> None:
    found = (await session.execute(COLUMNS)).all()
    secrets = {
        (table, column): column in re.split(r"\\000|,", left_out)
        for table, column, left_out in found
        if SECRET.search(column) and column not in NO_SECRET
    }
    assert secrets[("people_account", "password_hash")]
    assert secrets[("people_second_factor", "secret")]
    assert [where for where, left_out in secrets.items() if not left_out] == []


async def test_signing_in_and_another_password_leave_no_secret_in_history_and_log(
    session: AsyncSession, api: Api, sign_in: Ask, refresh: Ask, holder: Holder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bima")
    await make_account(session)
    await session.commit()
    before = await session.scalar(select(Account.password_hash))
    phone = await refresh(await sign_in())
    sent = {"currentPassword": PASSWORD, "newPassword": "a wholly new password"}
    answer = await api(CHANGE_PASSWORD, {"input": sent}, actor=await holder(phone))
    assert answer.errors == []
    after = await session.scalar(select(Account.password_hash).execution_options(populate_existing=True))
    assert before
    assert after
    assert after != before
    history = await session.scalar(text("SELECT json_agg(t)::text FROM core_history t"))
    assert "credentials_version" in history
    secrets = (PASSWORD, "a wholly new password", before, after, phone["accessToken"], phone["refreshToken"])
    assert [secret for secret in secrets if secret in history or secret in caplog.text] == []
