"""``work``: run the service, draining its queue until told to stop."""

import argparse

from services.heart_rate.worker import service
from shared.queueing.worker import run_worker
from shared.settings import settings

HELP = "run the worker of this service; settings are variables named DHN_..., each with a default"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command has no options; settings come from the environment."""


def run(_args: argparse.Namespace) -> int:
    """Work until a signal ends the process. Raises FaceModelMissingError, which names the command that fetches it."""
    run_worker(service(), settings())
    return 0
