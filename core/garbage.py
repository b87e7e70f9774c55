"""Collecting garbage: not while anything is loaded, then rarely, and never through what was loaded."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OF_JOBS = 50_000, 20
"""How many objects come together before the young ones are looked through, and how often before the older ones are.

Python's own 700 are made by a single claim. Most are gone by themselves before 50,000 are there: of a thousand claims
that are handed in, looking took a sixth of the time.
"""
OF_REQUESTS = 5_000, 10
"""The same where somebody waits for each answer: a collection stops everything, so it has to be short (decision 21)."""


def spare_what_is_loaded(often: tuple[int, int]) -> None:
    """Leave out what is there now from all collections, and collect so often; to be called when all is loaded.

    What is garbage by then stays as well: 0.2 MB, which are not worth the tenth of a second that looking for it takes.
    """
    young, older = often
    gc.freeze()
    gc.set_threshold(young, older, older)
    gc.enable()


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
