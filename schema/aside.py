"""Work that may take long is done aside: in one thread beside the event loop, in turns.

Documents that nobody sent before are read here, and operations planned. Python computes one thing at a time, so more
threads would not be faster; and whoever sends many such documents waits for themselves, not the others for them.
"""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar
from weakref import WeakValueDictionary

from schema.errors import Busy

P = ParamSpec("P")
R = TypeVar("R")

MOST_WAITING = 200
"""How much work may wait; then no more is taken on."""


class Aside:
    """One thread, and whose turn it is."""

    def __init__(self) -> None:
        self.waiting = 0
        self._thread = ThreadPoolExecutor(1, "bima-aside")
        self._turns: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    async def do(self, whose: Hashable, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do a piece of work for somebody, one at a time.

        Raises:
            Busy: too much waits already.
        """
        if self.waiting >= MOST_WAITING:
            raise Busy("There is too much to do just now. Try again in a moment.")
        turn = self._turns.setdefault(whose, asyncio.Lock())
        self.waiting += 1
        try:
            async with turn:
                run = partial(copy_context().run, work, *args, **kwargs)
                return await asyncio.get_running_loop().run_in_executor(self._thread, run)
        finally:
            self.waiting -= 1
