"""A diff or a repository becomes a ChangeSet."""
