"""Series: measurements as buckets of a calendar."""
