"""How often one may ask: each account and each device so many requests a minute, strangers by their address.

Counted in the memory of each server process: a limit costs no statement, and `n` processes let up to `n` times as much
through. What must hold exactly, such as wrong passwords or verifications of cover, is counted in the database instead.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING

from core.errors import Busy

if TYPE_CHECKING:
    from core.context import Actor
    from core.settings import Settings

MOST_KEYS = 100_000
"""How many accounts, devices or addresses are remembered; the one that asked longest ago is forgotten first."""


class Allowance:
    """So many requests a minute for each key, as many at once after a minute's rest. 0 is no limit.

    Kept as the moment at which everything asked so far has been paid for (the generic cell rate algorithm).
    """

    def __init__(self, per_minute: int) -> None:
        self.seconds = 60 / per_minute if per_minute else 0.0
        self.paid: OrderedDict[Hashable, float] = OrderedDict()

    def wait(self, key: Hashable, per_minute: int | None = None) -> float:
        """Count one request: 0 when it may go on, otherwise in how many seconds it may be tried again.

        `per_minute`: what this key may, if it is not the usual.
        """
        seconds = 60 / per_minute if per_minute else self.seconds
        if not seconds:
            return 0.0
        now = time.monotonic()
        paid = max(self.paid.get(key, now), now) + seconds
        over = paid - now - 60
        if over > 1e-6:
            return over
        self.paid[key] = paid
        self.paid.move_to_end(key)
        if len(self.paid) > MOST_KEYS:
            self.paid.popitem(last=False)
        return 0.0


class Rates:
    """The limits of one server process."""

    def __init__(self, settings: "Settings") -> None:
        self.accounts = Allowance(settings.account_requests_per_minute)
        self.devices = Allowance(settings.device_requests_per_minute)
        self.addresses = Allowance(settings.address_requests_per_minute)

    def check(self, actor: "Actor", address: str) -> None:
        """Count one request of an actor, or of a stranger at an address.

        An actor with a rate of its own is held to that alone.

        Raises:
            Busy: it is one too many.
        """
        if actor.id is None:
            self.check_address(address)
            return
        if actor.requests_per_minute is not None:
            _stop(self.devices.wait(actor.device or actor.id, actor.requests_per_minute), "This access key")
            return
        _stop(self.accounts.wait(actor.id), "Your account")
        if actor.device is not None:
            _stop(self.devices.wait(actor.device), "This device")

    def check_address(self, address: str) -> None:
        """Count one request without a valid access token.

        Raises:
            Busy: it is one too many. Whole districts share an address, so the limit is high.
        """
        _stop(self.addresses.wait(address), "This address")


def _stop(seconds: float, who: str) -> None:
    if seconds:
        again = math.ceil(seconds)
        raise Busy(f"{who} asks too often. Try again in {again} s.", again)
