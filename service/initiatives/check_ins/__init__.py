"""Immutable statements about the progress and the state of an initiative."""
