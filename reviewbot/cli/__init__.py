"""Commands, and the options of each."""
