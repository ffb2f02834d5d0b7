"""Ways in: each module reads a change from one place and gives a ChangeSet."""
