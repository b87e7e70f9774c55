from functools import partial
from typing import Any

import pytest

from core.testing import Change, actor


@pytest.fixture
def change(change: Change) -> Any:
    """Sends a mutation, as a scheme administrator unless told otherwise."""
    return partial(change, who=actor("SCHEME_ADMINISTRATOR"))
