"""Running: a plan level by level, from root value to response."""
