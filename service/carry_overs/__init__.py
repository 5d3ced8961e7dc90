"""Carrying goals over from one cycle into another."""
