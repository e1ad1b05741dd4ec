"""Ends a process that hangs, so that its container's restart policy brings it back."""

import os
import time
from typing import Final

from shared.observability import metrics
from shared.observability.health import Check
from shared.observability.logs import logger

log = logger(__name__)

_WATCH_EVERY_S: Final = 5.0
# sysexits.h EX_TEMPFAIL.
_EXIT_HUNG: Final = 75


def end_when_hung(stall: Check) -> None:
    """Ask ``stall`` again and again, and end the process once it finds a problem: a hung thread cannot be stopped."""
    while True:
        time.sleep(_WATCH_EVERY_S)
        problem = stall()
        metrics.WORKER_UP.set(problem is None)
        if problem is not None:
            log.error("worker_hung", problem=problem)
            os._exit(_EXIT_HUNG)
