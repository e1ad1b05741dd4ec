"""``work``: run the service, draining its queues until told to stop."""

import argparse

from services.ct_segmentation.worker import service
from shared.contracts.names import Queue
from shared.queueing.worker import run_worker
from shared.settings import settings

HELP = "run the worker of this service"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--queues",
        nargs="+",
        type=Queue,
        choices=[Queue.CT_STAT, Queue.CT],
        default=[Queue.CT_STAT, Queue.CT],
        help="which queues to drain; acute studies (ct.stat) deserve a worker that nothing else keeps busy",
    )


def run(args: argparse.Namespace) -> int:
    """Work until a signal ends the process."""
    run_worker(service(tuple(args.queues)), settings())
    return 0
