"""The deterministic checks: rules as data, ruff, and what needs the whole change."""
