"""One module per subcommand of the command line, each with `add_arguments` and `run`."""
