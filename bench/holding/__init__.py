"""How long one request keeps all others waiting."""
