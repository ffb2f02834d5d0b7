"""What the items say that are about clients of yesterday: the phrases of the checks that look for what they lose."""

from __future__ import annotations

COMPATIBLE = ("ensure backward compatibility", "maintain backward compatibility", "breaking api changes")
COMPATIBILITY = (
    "backward compatibility of a web service",
    "backward compatible of a web service",
    "breaking changes of a web service",
    "breaking public API changes of a web service",
)
