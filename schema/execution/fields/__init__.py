"""Declares fields that are resolved in batches."""
