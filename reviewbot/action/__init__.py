"""A workflow's step: an event in, comments out."""
