"""A whole organization as a file: import, export, generation."""
