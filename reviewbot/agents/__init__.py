"""Agent files, and which agent gets which file."""
