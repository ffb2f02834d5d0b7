"""The commands of the command line, one file each; :mod:`reviewbot.cli` only wires them."""
