"""Parses, validates and limits documents, and coerces their variables."""
