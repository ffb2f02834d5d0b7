"""The prompt: what stays the same first, then the change, fenced."""
