"""Diff text → changed files, and arithmetic on their hunks."""
