"""Reviews a change by the checklist of the agent whose stack it touches."""

__version__ = "0.1.0"
