"""Fields: how a schema declares that a field resolves in batches."""
