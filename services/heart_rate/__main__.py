"""Command line of the heart rate service: ``python -m services.heart_rate COMMAND --help``."""

import argparse
import importlib
import json
import sys

from shared.errors import PlatformError

# Each command is a module with HELP, add_arguments(parser) and run(args); only the chosen one is imported, so that
# estimating needs nothing of what evaluates.
COMMANDS = ("work", "estimate", "evaluate", "fetch-models", "calibrate-confidence")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code, or 2 with the error as JSON on standard error where it refuses."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m services.heart_rate", description=__doc__)
    parser.add_argument("command", choices=COMMANDS, help="what to do; COMMAND --help tells its options")
    command = parser.parse_args(arguments[:1]).command
    module = importlib.import_module(f"services.heart_rate.commands.{command.replace('-', '_')}")
    options = argparse.ArgumentParser(
        prog=f"python -m services.heart_rate {command}",
        description=module.HELP,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    module.add_arguments(options)
    try:
        return int(module.run(options.parse_args(arguments[1:])))
    except PlatformError as error:
        print(json.dumps({"code": error.code, "detail": error.detail}), file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
