"""A container's own health check: ``python -m shared.observability.probe http://127.0.0.1:9100/health/ready``.

Standard library only, since it starts a process every few seconds.
"""

import argparse
import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit


def probe(url: str, timeout_s: float) -> str | None:
    """What is wrong with the process behind ``url``; None if it answers with 200."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "127.0.0.1", address.port or 80, timeout=timeout_s)
    try:
        connection.request("GET", address.path or "/")
        answer = connection.getresponse()
        if answer.status == 200:
            return None
        return f"status {answer.status}: {answer.read(500).decode(errors='replace')}"
    except (OSError, HTTPException) as error:
        return f"no answer: {type(error).__name__}: {error}"
    finally:
        connection.close()


def main(arguments: list[str] | None = None) -> int:
    """Command line; exit code 0 if healthy, else 1 with the reason on standard output."""
    parser = argparse.ArgumentParser(prog="python -m shared.observability.probe", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--timeout", type=float, default=4.0, help="seconds (default: %(default)s)")
    options = parser.parse_args(arguments)
    problem = probe(options.url, options.timeout)
    if problem is not None:
        sys.stdout.write(problem + "\n")
    return 0 if problem is None else 1


if __name__ == "__main__":
    sys.exit(main())
