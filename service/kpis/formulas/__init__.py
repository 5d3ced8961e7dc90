"""Formulas: how they are parsed, bound to KPIs, evaluated and recomputed."""
