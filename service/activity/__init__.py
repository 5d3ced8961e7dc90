"""Activity: events as entries of a feed."""
