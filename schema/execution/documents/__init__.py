"""Documents: parsing, validation, limits and variables."""
