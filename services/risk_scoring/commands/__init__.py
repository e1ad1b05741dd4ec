"""The commands of ``python -m services.risk_scoring``: a module each, with HELP, add_arguments and run."""
