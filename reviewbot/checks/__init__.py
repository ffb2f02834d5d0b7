"""What is decided without a model."""
