"""Descriptions that many types share."""
