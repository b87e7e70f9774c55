"""What a starting server still waits for."""

import asyncio


class Readiness:
    """What a starting server still waits for; empty when it may be sent requests."""

    def __init__(self) -> None:
        self.missing = "the host is starting"
        self.known = asyncio.Event()
        """Whether the server looked: it is ready, or it is known what others have to do for it."""

    def tell(self, missing: str) -> None:
        """Say what was found missing; nothing: it is ready."""
        self.missing = missing
        self.known.set()
