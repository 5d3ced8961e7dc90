"""Cadences: how often a check-in on a goal is expected, and on which day of the week."""
