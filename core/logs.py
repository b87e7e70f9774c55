"""Where the log goes: to standard error, one line an event, for whatever collects it."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
QUIET = ("procrastinate", "uvicorn", "alembic", "httptools")
"""Libraries whose every step is not worth a line. Procrastinate's lines would carry the jobs' arguments, too."""


def to_stderr() -> None:
    """Begin logging for a server, a worker or a long command."""
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
