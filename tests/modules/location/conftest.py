"""Places and facilities stand alone: the tests of this folder load no other module."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here loads the minimal profile."""
    for item in items:
        if "modules/location" in item.path.as_posix():
            item.add_marker(pytest.mark.profile("minimal"))
