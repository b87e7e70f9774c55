"""What the tests of all examples share. `make setup` installs the examples themselves."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for the whole run."""
    return "asyncio"
