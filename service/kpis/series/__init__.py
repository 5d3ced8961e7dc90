"""Series: the buckets of a KPI over time."""
