"""`python -m modules.demo.serve MOMENT serve ...`: `bima serve ...` with its clock stopped at the moment, unless empty.

It ends with the process that started it, however that ends: it then reads the end of its standard input.
"""

import os
import signal
import sys
import threading
from datetime import datetime

from core import clock
from core.cli import main


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    moment = sys.argv.pop(1)
    if moment:
        with clock.at(datetime.fromisoformat(moment)):
            main()
    main()
