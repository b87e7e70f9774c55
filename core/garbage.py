"""Memory: garbage is not collected while anything is loaded, then rarely, and never through what was loaded."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

OF_JOBS = 50_000, 20
"""How many objects come together before the young ones are looked through, and how often before the older ones are.

Python's own 700 are made by a single claim. Most are gone by themselves before 50,000 are there: of a thousand claims
that are handed in, looking took a sixth of the time.
"""
OF_REQUESTS = 5_000, 10
"""The same where somebody waits for each answer: a collection stops everything, so it has to be short (decision 21)."""

_M_MMAP_THRESHOLD = -3
"""Of glibc's <malloc.h>."""


def spare_what_is_loaded(often: tuple[int, int]) -> None:
    """Leave out what is there now from all collections, and collect so often; to be called when all is loaded.

    What is garbage by then stays as well: 0.2 MB, which are not worth the tenth of a second that looking for it takes.
    """
    young, older = often
    gc.freeze()
    gc.set_threshold(young, older, older)
    gc.enable()


def give_back_large_blocks() -> None:
    """Have blocks of a megabyte and more go back to the system as soon as they are free.

    glibc keeps blocks of the size of one that was freed: the 19 MB that a password takes for a moment would stay.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 1 << 20)


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect nothing while this block loads what stays: looking again and again takes a quarter of a start."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
