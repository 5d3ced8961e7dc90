"""Benchmarks of okrgraph, compared with similar servers."""
