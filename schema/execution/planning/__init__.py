"""Planning: what an operation selects, and how each field is resolved."""
