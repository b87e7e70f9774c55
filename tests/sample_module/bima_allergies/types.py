"""Allergies in GraphQL."""

from datetime import date

from bima_allergies import models
from core import Node, column, mapped


@mapped(models.Allergy)
class Allergy(Node):
    """A substance that somebody must not be given."""

    substance: str = column("What it is.")
    noticed_on: date = column("When it was noticed.")
    version: int = column("Counts the changes.")
