"""Benchmarks: what okrgraph costs, measured and compared."""
