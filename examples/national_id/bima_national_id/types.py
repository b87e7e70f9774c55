"""Look-ups in GraphQL."""

from datetime import datetime

from bima_national_id import models
from bima_national_id.rules import Verdict
from core import Node, column, mapped


@mapped(models.Check)
class NationalIdCheck(Node):
    """What the national register said of a person the last time it was asked."""

    verdict: Verdict = column("What came of it.")
    differences: list[str] = column("The fields of the person that the register has otherwise.")
    checked_at: datetime = column("When it answered.")
    version: int = column("Counts the look-ups that changed something.")
