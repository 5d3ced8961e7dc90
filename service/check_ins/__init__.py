"""Immutable statements about a key result or an objective."""
