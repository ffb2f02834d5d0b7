"""The code that stands around the hunks, found by syntax."""
