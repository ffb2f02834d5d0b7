"""A review as text, harmless in each format."""
