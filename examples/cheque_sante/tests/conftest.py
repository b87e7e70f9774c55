"""What all tests share."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for the whole run."""
    return "asyncio"
