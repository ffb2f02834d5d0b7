"""Pull requests read, and brought to what a review asks for."""
