"""Claude reviews by the checklist: calls, answers, recordings, and what becomes of them."""
