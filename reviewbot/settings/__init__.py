"""What to review with."""
