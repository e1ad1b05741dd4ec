"""Seconds from the last byte uploaded to the alert visible over SSE: ``python -m benchmarks.study_to_alert --help``.

MariaDB, Redis, gateway and one CT worker start as in production, with this client, on two cores. Studies are
generated: each is a full-size head with another bleed.
"""

import argparse
import io
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tqdm import tqdm

from benchmarks.machine import describe_machine, peak_memory_mb, use_cores, warn_if_busy
from benchmarks.study_to_alert.listening import AlertListener
from benchmarks.study_to_alert.studies import bleeding_study
from benchmarks.study_to_alert.upload import Uploaded, upload
from benchmarks.target import Target
from shared.settings import Settings
from tests.fixtures.platform import PlatformClient, PlatformProcesses
from tests.fixtures.servers import PrivateMariaDb, PrivateRedis

# tests.fixtures.platform shortens these; a measurement takes what production has.
_AS_IN_PRODUCTION = ("job_lease_s", "job_retry_delay_s", "job_resend_after_s")
IN_A_ROW, AT_ONCE = "in_a_row", "at_once"


def main(arguments: list[str] | None = None) -> int:
    """Measure, write the JSON, print a table."""
    args = _parser().parse_args(arguments)
    use_cores(args.cores)
    machine = describe_machine("onnxruntime")
    warn_if_busy(machine)
    studies = [bleeding_study(i, args.slices) for i in tqdm(range(args.studies), desc="generating", unit="study")]
    arrivals: dict[str, Any] = {}
    with platform() as (client, worker):
        first = upload(client, studies[0])  # not counted: the first study of a fresh platform compiles and connects
        client.wait_for(first.job_id)
        with AlertListener(client) as listener:
            for arrival in args.arrivals:
                arrivals[arrival] = _measure(arrival, studies, client, listener, args.patience)
        memory = peak_memory_mb(worker)
    targets = _targets(arrivals, memory)
    answer = {
        "machine": machine,
        "setting": {"studies": args.studies, "slices": args.slices, "cores": args.cores, "data": "generated heads"},
        "arrivals": arrivals,
        "worker_peak_mb": memory,
        "targets": [target.as_json() for target in targets],
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(answer, indent=2) + "\n")
    print("\n".join(target.as_line() for target in targets), file=sys.stderr)
    print(json.dumps(answer, indent=2))
    return 0


@contextmanager
def platform() -> Iterator[tuple[PlatformClient, int]]:
    """The whole platform as processes; a signed-in client, and the worker's process id."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="dhn-alert-")))
        mariadb, redis = PrivateMariaDb(folder / "mariadb"), PrivateRedis(folder / "redis")
        for server in (mariadb, redis):
            server.start()
            stack.callback(server.stop)
        settings = {name: str(Settings.model_fields[name].default) for name in _AS_IN_PRODUCTION}
        processes = PlatformProcesses(folder / "platform", mariadb.fresh_database(), redis.url, **settings)
        stack.callback(_stop, processes)
        processes.prepare()
        processes.start_gateway()
        worker = processes.start_worker()
        yield processes.client(), worker.pid


def _stop(processes: PlatformProcesses) -> None:
    """End the processes; their logs, which the tests print, would come between the JSON."""
    with redirect_stdout(sys.stderr if sys.exc_info()[0] else io.StringIO()):
        processes.stop_all()


def _measure(
    arrival: str, studies: list[bytes], client: PlatformClient, listener: AlertListener, patience_s: float
) -> dict[str, Any]:
    """Upload every study, each after the alert of the one before or all at once, and wait for their alerts."""
    seconds: list[float] = []
    waiting: list[Uploaded] = []
    with tqdm(total=len(studies), desc=arrival, unit="alert") as bar:

        def wait(study: Uploaded) -> None:
            seconds.append(listener.wait_for(study.study_id, patience_s) - study.last_byte_at)
            bar.set_postfix_str(f"{seconds[-1]:.1f} s")
            bar.update()

        for content in studies:
            waiting.append(upload(client, content))
            if arrival == IN_A_ROW:
                wait(waiting.pop())
        for study in waiting:
            wait(study)
    return {
        "seconds": [round(value, 2) for value in seconds],
        # The nearest of the measured values above: of ten studies, p95 is the slowest.
        "p50": round(float(np.percentile(seconds, 50, method="higher")), 2),
        "p95": round(float(np.percentile(seconds, 95, method="higher")), 2),
    }


def _targets(arrivals: dict[str, Any], memory: float) -> list[Target]:
    p95 = arrivals[IN_A_ROW]["p95"] if IN_A_ROW in arrivals else None
    return [
        Target("p95 from last byte to alert, in a row, s", p95, 20, at_most=True),
        Target("peak memory of the worker, MB", memory, 1200, at_most=True),
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.study_to_alert",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--studies", type=int, default=10, help="studies per arrival (default: 10)")
    parser.add_argument("--slices", type=int, default=30, help="slices of a study (default: 30)")
    parser.add_argument("--cores", type=int, default=2, help="cores for everything together (default: 2)")
    parser.add_argument("--patience", type=float, default=300, help="seconds to wait for one alert (default: 300)")
    parser.add_argument(
        "--arrivals",
        nargs="+",
        choices=(IN_A_ROW, AT_ONCE),
        default=[IN_A_ROW, AT_ONCE],
        help="each study after the alert of the one before, or all at once, waiting for each other (default: both)",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("runs/bench-alert.json"), help="JSON file (default: runs/bench-alert.json)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
