"""Measurable outcomes of objectives, and the milestones some of them have."""
