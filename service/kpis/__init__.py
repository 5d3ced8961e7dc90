"""Measures over time: what they mean, what they should be, and what they were."""
