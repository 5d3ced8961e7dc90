"""How progress and status travel up the goal tree."""
