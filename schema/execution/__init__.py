"""How documents are executed; knows nothing of goals."""
