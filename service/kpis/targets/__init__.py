"""Targets: what the value of a KPI should be, and how a value is judged against it."""
