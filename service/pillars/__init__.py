"""Strategic themes that objectives serve."""
