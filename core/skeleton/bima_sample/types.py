"""The table in GraphQL."""

from bima_sample import models
from core import Node, column, mapped


@mapped(models.Entry)
class SampleEntry(Node):
    """Something that has a code and a name."""

    code: str = column("Unique among the entries.")
    name: str = column("What it is called.")
    version: int = column("Counts the changes.")
