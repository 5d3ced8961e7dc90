"""Values: how numbers, dates and texts are parsed, rounded and written."""
