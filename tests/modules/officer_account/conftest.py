"""The modules that these tests load."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here loads the modules of `officers.toml`."""
    for item in items:
        if "modules/officer_account" in item.path.as_posix():
            item.add_marker(pytest.mark.profile("tests/modules/officer_account/officers.toml"))
