"""Executes a plan level by level, from the root value to the response."""
