"""Benchmarks: what okrgraph costs, measured, and compared with its peers."""
