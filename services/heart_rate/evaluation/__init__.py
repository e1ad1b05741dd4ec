"""How right the heart rates are that are given, and how often one is withheld: on generated videos and on data sets."""
