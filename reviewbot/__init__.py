"""Reviews a change by the checklist of the agent whose stack it touches."""

__version__ = "0.1.0"
# Where the Action is, in what we write about it. The owner is a placeholder as long as it is not published: a name that
# nobody has would be one that a stranger may take.
ADDRESS = "OWNER/reviewbot"
# The tag that a release moves to itself: that of its major version, 0 included.
TAG = f"v{__version__.partition('.')[0]}"
USES = f"{ADDRESS}@{TAG}"
