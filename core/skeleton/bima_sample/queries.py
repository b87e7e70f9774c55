"""What can be read."""

from bima_sample import models, rights
from bima_sample.types import SampleEntry
from core import Where, page


@page(SampleEntry, order=("code", "id"), right=rights.READ)
def sample_entries(entry: type[models.Entry]) -> Where:
    """Entries, by code."""
    yield from ()
