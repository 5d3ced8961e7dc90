"""Plans an operation: its selections, and how each field is resolved."""
