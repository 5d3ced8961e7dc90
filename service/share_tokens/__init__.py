"""Share tokens: read-only, expiring credentials that show part of an organization."""
