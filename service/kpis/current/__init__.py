"""Current state of KPIs: value, trend, freshness, and scorecards of many."""
