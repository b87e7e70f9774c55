"""What the matrix of who sees what must know of personal data."""

from core.matrix import Corner


async def populate(corner: Corner) -> None:
    """Whose registration has ended is found here still."""
    corner.ended["exportPersonalData.insureeId"] = "whoever asks what is held of them may have left"
    corner.ended["pseudonymisePerson.id"] = "only those are pseudonymised whose registration has ended"
