"""Why a finding is where it is, in words that others compare."""

# How the reason begins of findings that a note speaks for, and of those that a comment in the code asks to leave alone.
SAID_ONCE = "said once as a note"
IGNORED = "ignored in the code"

# How the reason begins of a finding that another one speaks for; that one's fingerprint follows.
REPEATS = "says the same of the same lines as"

# Why what a model found stands in the summary's list: below this nothing of it interrupts anybody.
LISTED = "below medium: listed, not commented"

# The whole reason of those that are named in one folded line.
DETAIL = "a detail"

# How it was seen: what the checks looked at of a file.
WHOLE = "whole"
HUNKS = "hunks"
NO_CHECK = "no check looks at files of this kind"
