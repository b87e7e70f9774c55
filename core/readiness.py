"""What a starting server still waits for."""


class Readiness:
    """What a starting server still waits for; empty when it may be sent requests."""

    def __init__(self) -> None:
        self.missing = "the host is starting"
