"""People and teams around a goal, besides its owner."""
