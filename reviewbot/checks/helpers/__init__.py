"""What several change-set checks ask, each question once."""
