"""How good reviews and checks are, counted on known cases."""
