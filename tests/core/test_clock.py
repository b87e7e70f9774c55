"""The clock: the one source of time, which tests can stop."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from core import clock

LATE = datetime(2024, 2, 28, 22, 30, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_a_stopped_clock_stands_still_and_goes_on_afterwards() -> None:
    with clock.at(LATE):
        assert clock.now() == clock.now() == LATE
    assert clock.now() > LATE


def test_clocks_can_be_stopped_inside_each_other() -> None:
    with clock.at(LATE):
        with clock.at(LATE + timedelta(days=1)):
            assert clock.now() == LATE + timedelta(days=1)
        assert clock.now() == LATE


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = LATE.replace(tzinfo=None)
    with pytest.raises(ValueError, match="aware moments only"), clock.at(naive):
        pass


def test_the_day_is_that_of_the_schemes_place() -> None:
    clock.use_zone(ZoneInfo("Africa/Dar_es_Salaam"))
    try:
        with clock.at(LATE):
            assert clock.today() == date(2024, 2, 29)
    finally:
        clock.use_zone(ZoneInfo("UTC"))
    with clock.at(LATE):
        assert clock.today() == date(2024, 2, 28)


def test_a_moment_may_come_in_any_zone() -> None:
    with clock.at(datetime(2024, 3, 1, 1, 0, tzinfo=timezone(timedelta(hours=3)))):
        assert clock.today() == date(2024, 2, 29)
