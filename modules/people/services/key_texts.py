"""The text of an access key: `bima_`, twelve characters that may be known, `_`, forty that are secret, and a checksum.

Letters and digits only, so that a double click selects all of it. The beginning lets scanners of code and mail find
keys that leaked; the checksum lets them, and us, pass over what only looks like one without asking the database.
"""

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass

PREFIX = "bima_"
PUBLIC, SECRET, CHECKSUM = 12, 40, 8
"""How many characters: 71 random bits that are known, 238 that are secret, 32 that follow from both."""
_ALPHABET = string.ascii_letters + string.digits
_TEXT = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{PUBLIC}}})_[0-9A-Za-z]{{{SECRET}}}[0-9a-f]{{{CHECKSUM}}}", re.ASCII)


@dataclass(frozen=True)
class KeyText:
    """A key: the part that may be known, all of its text, and what is stored of it."""

    public_id: str
    text: str

    @property
    def hash(self) -> bytes:
        """SHA-256: nobody guesses 238 random bits, so a slow hash would only slow every request down."""
        return hashlib.sha256(self.text.encode()).digest()

    def __repr__(self) -> str:
        return f"KeyText({self.public_id})"


def new_key() -> KeyText:
    """A key that nobody has."""
    public_id, secret = _drawn(PUBLIC), _drawn(SECRET)
    text = f"{PREFIX}{public_id}_{secret}"
    return KeyText(public_id, text + _checksum(text))


def read_key(text: str) -> KeyText | None:
    """The key of this text; None when it cannot be one."""
    found = _TEXT.fullmatch(text)
    if found is None or _checksum(text[:-CHECKSUM]) != text[-CHECKSUM:]:
        return None
    return KeyText(found[1], text)


def _drawn(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):0{CHECKSUM}x}"
