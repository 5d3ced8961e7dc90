"""Formulas: parsing, binding to KPIs, evaluation and recomputing."""
