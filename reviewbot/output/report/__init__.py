"""The review as a page of its own: the diff with the comments in place, one self-contained HTML file."""
