"""What the database refuses at the last moment is told as something the user can mend, where it is."""

from types import SimpleNamespace

import pytest
from sqlalchemy.exc import IntegrityError

from core.errors import TAKEN
from core.fields import _user_errors


def refusal(detail: str) -> IntegrityError:
    """A refusal by the database, with its detail."""
    cause = Exception("refused")
    cause.diag = SimpleNamespace(message_detail=detail)  # type: ignore[attr-defined]
    return IntegrityError("INSERT", None, cause)


@pytest.mark.parametrize(
    ("detail", "path", "value"),
    [
        ("Key (code)=(A1) already exists.", "code", "A1"),
        ("Key (code)=(A\n1) already exists.", "code", "A\n1"),
        ("Key (kind, list_code)=(x, A1) already exists.", "listCode", "A1"),
    ],
)
def test_a_value_that_another_sender_took_meanwhile_is_taken(detail: str, path: str, value: str) -> None:
    [error] = _user_errors(refusal(detail))
    assert (error.code, error.path, error.parameters) == (TAKEN, (path,), {"value": value})


def test_any_other_refusal_is_our_own_fault() -> None:
    with pytest.raises(IntegrityError):
        _user_errors(refusal('Key (place_id)=(1) is not present in table "place".'))
