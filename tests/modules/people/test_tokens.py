"""Tokens: what is in them, and who can make them."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from modules.people.services import tokens

KEYS = tokens.Keys.of(SecretStr("a secret for tests that is long enough"))
OTHERS = tokens.Keys.of(SecretStr("another secret for tests, long enough"))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.uuids(), st.uuids(), st.integers(1, 10**6), moments)
def test_an_access_token_is_read_as_it_was_written_and_only_with_the_key(
    account: UUID, session: UUID, version: int, expires: datetime
) -> None:
    access = tokens.Access(account, session, version, expires.replace(microsecond=0))
    token = tokens.write_access(KEYS, access)
    assert tokens.read_access(KEYS, token) == access
    assert tokens.read_access(OTHERS, token) is None


@given(st.uuids())
def test_refresh_tokens_name_their_session_and_follow_from_each_other(session: UUID) -> None:
    first = tokens.first_refresh(session)
    second = tokens.next_refresh(KEYS, session, first)
    assert tokens.session_of(first) == tokens.session_of(second) == session
    assert second == tokens.next_refresh(KEYS, session, first) != first
    assert second != tokens.next_refresh(OTHERS, session, first)


@given(st.text())
def test_any_text_is_a_refresh_token_or_not_but_never_an_error(text: str) -> None:
    assert isinstance(tokens.session_of(text), UUID | None)
    assert tokens.read_access(KEYS, text) is None


def test_two_sessions_start_with_different_tokens() -> None:
    session = uuid4()
    assert tokens.first_refresh(session) != tokens.first_refresh(session)


def test_keys_of_different_purposes_differ() -> None:
    assert len({KEYS.access, KEYS.refresh, KEYS.names}) == 3
