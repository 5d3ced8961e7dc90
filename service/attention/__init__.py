"""Attention: which goals and KPIs need it, and why."""
