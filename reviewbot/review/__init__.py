"""The story: a change becomes a review."""
