"""What a server costs at least: the same answers and the same changes by SQL written by hand."""
