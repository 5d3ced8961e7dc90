"""Initiatives: work that is meant to move key results."""
