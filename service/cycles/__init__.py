"""Timeframes: years, quarters and custom ones, possibly inside a parent cycle."""
