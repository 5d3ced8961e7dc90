"""Edges from an objective to the objective or key result that it serves."""
