"""The words all rooms share: frozen, without I/O."""
