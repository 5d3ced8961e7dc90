"""The organization, its people and teams, and the keys they call with."""
