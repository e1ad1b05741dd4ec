"""Measurements of speed and memory that anyone can repeat, one package each: ``python -m benchmarks.NAME --help``.

They stand beside the product, not in it: they compare what serves with what trains, start the whole platform, and
borrow the generators of tests/fixtures. The walls forbid all three to the services, and nothing imports this folder.
"""
