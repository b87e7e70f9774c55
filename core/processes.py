"""Several server processes behind one port: uvicorn's supervisor, which starts another one for each that dies."""

from typing import Any

from uvicorn.config import Config
from uvicorn.supervisors import Multiprocess

ANSWER_SECONDS = 30
"""How long a process may be too busy to answer its supervisor before it is taken for hung and replaced."""


class Processes(Multiprocess):
    """The server processes of one `bima serve`; they share one listening socket, so nobody waits for one that died."""

    def terminate_all(self) -> None:
        """Let each finish what it began. Nobody listens from now on: who came later would wait for nothing."""
        for socket in self.sockets:
            socket.close()
        super().terminate_all()


def serve_together(number: int, **options: Any) -> None:
    """Serve the installation of the working directory by so many processes until told to stop.

    `options`: those of uvicorn.
    """
    config = Config(
        "core.http:application", factory=True, workers=number, timeout_worker_healthcheck=ANSWER_SECONDS, **options
    )
    Processes(config, [config.bind_socket()]).run()
