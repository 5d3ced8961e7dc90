"""Measurements: the values that were recorded for the periods of a KPI."""
