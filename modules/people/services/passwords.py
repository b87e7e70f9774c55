"""Passwords: what is a good one, and their argon2id hashes.

Hashing takes 19 MiB and some 20 ms of a core on purpose, so it runs in two threads of its own: a rush of sign-ins
waits for them and everybody else is served meanwhile.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core import Problems
from modules.people import errors

LEAST = 10
"""Characters of a password at least."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2id")


def check(password: str, username: str, problems: Problems, path: str) -> None:
    """Note what is wrong with a new password: too short, much used, or the user name itself."""
    if len(password) < LEAST:
        problems.add(errors.PASSWORD_TOO_SHORT, path, least=LEAST)
    folded = password.casefold()
    if folded in _common() or folded == username.casefold() or len(set(folded)) == 1:
        problems.add(errors.PASSWORD_COMMON, path)


async def hashed(password: str) -> str:
    """The argon2id hash of a password."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password has this hash. Without a hash the same work is done, so that time tells nothing."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _matches, password, password_hash)


def _matches(password: str, password_hash: str | None) -> bool:
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of no account")


@cache
def _common() -> frozenset[str]:
    text = (Path(__file__).parent / "common_passwords.csv").read_text(encoding="utf-8")
    return frozenset(text.split())
