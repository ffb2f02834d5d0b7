"""What the values of one module are, followed by syntax: where they come from and go, what they give access to."""
