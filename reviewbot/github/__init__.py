"""Pull requests on GitHub: reading them, posting to them, and the commands people give in comments."""
