"""Links from goals to work in other systems."""
