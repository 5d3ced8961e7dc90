"""One row per change: audit trail, activity feed and change feed."""
