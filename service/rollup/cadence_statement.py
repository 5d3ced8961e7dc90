"""The part of a statement that finds the cadence of a goal."""


def cadence_of(goal: str, *owners: str) -> str:
    """The cadence of a goal: that of the first of `owners`, its cycle, its team and its policy that has one. In a
    closed cycle it is the one that was stored before the close."""
    owners = (*owners, "y", "t", "p", "g")
    days = ", ".join(f"{owner}.check_in_cadence_days" for owner in owners)
    weekdays = " ".join(f"WHEN {each}.check_in_cadence_days > 0 THEN {each}.check_in_weekday" for each in owners)
    return f"""
    LEFT JOIN LATERAL (
        SELECT * FROM teams WHERE organization_id = :organization_id AND id = o.team_id OFFSET 0) t ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(CASE WHEN y.state = 'CLOSED' THEN {goal}.cadence_days END, {days}) AS days,
            CASE WHEN y.state = 'CLOSED' AND {goal}.cadence_days > 0 THEN {goal}.cadence_weekday
                {weekdays} END AS weekday
    ) cadence"""
