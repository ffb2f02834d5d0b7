"""Markdown that GitHub shows: text made harmless, bodies, pages."""
