"""``work``: watch the PACS until told to stop."""

import argparse

from services.pacs_bridge.worker import run_bridge
from shared.settings import settings

HELP = "watch the PACS at DHN_PACS_URL until a signal says to stop"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """There are none: everything is a setting (DHN_PACS_…, see shared/settings.py)."""


def run(_args: argparse.Namespace) -> int:
    """Work until a signal ends the process."""
    run_bridge(settings())
    return 0
