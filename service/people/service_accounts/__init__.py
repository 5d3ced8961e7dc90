"""Service accounts: callers that are no person (docs/decisions/0042)."""
