"""How GraphQL is served over HTTP."""
