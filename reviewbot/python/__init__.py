"""Python by syntax: parsed, names followed, never run."""
