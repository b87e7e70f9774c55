"""Collecting garbage: not while anything is loaded, then rarely, and never through what was loaded."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 50_000
"""Objects that come together before the young ones are looked through; Python's own 700 are made by a single claim.

Most are gone by themselves before that: of a thousand claims that are handed in, looking took a sixth of the time.
"""
OLDER = 20
"""How often the younger are looked through before the older ones are."""


def spare_what_is_loaded() -> None:
    """Leave out what is there now from all collections, and collect less often; to be called when all is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDER)


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
