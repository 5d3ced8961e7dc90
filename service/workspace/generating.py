"""Makes up a large organization, the same one for the same seed."""

from collections.abc import Iterator
from random import Random
from typing import Any

YEAR = 2026
CHILDREN = 5
VERBS = ("Grow", "Simplify", "Speed up", "Protect", "Renew", "Win", "Open", "Steady")
SUBJECTS = ("onboarding", "retention", "the platform", "delivery", "support", "the brand", "pricing", "hiring")


def generate(objectives: int, seed: int, roots: int = 20) -> Iterator[dict[str, Any]]:
    """Items of a workspace with so many objectives in trees of five children each; memory stays flat.

    Each objective has an owner, a team, three key results and a check-in on each of them.
    """
    random = Random(seed)
    people = max(1, objectives // 8)
    teams = max(1, objectives // 50)
    yield from _people_and_teams(people, teams)
    yield {
        "type": "Cycle",
        "externalId": f"{YEAR}",
        "name": f"{YEAR}",
        "kind": "YEAR",
        "state": "ACTIVE",
        "startsOn": f"{YEAR}-01-01",
        "endsOn": f"{YEAR}-12-31",
    }
    for number in range(objectives):
        yield from _objective(random, number, roots, people, teams)


def _people_and_teams(people: int, teams: int) -> Iterator[dict[str, Any]]:
    for number in range(people):
        yield {"type": "Person", "externalId": f"person-{number}", "name": f"Person {number}"}
    for number in range(teams):
        team: dict[str, Any] = {"type": "Team", "externalId": f"team-{number}", "name": f"Team {number}"}
        if number:
            team["parent"] = f"team-{(number - 1) // CHILDREN}"
        yield team
        yield {"type": "Membership", "team": f"team-{number}", "person": f"person-{number % people}", "role": "LEAD"}


def _objective(random: Random, number: int, roots: int, people: int, teams: int) -> Iterator[dict[str, Any]]:
    name = f"objective-{number}"
    yield {
        "type": "Objective",
        "externalId": name,
        "cycle": f"{YEAR}",
        "title": f"{random.choice(VERBS)} {random.choice(SUBJECTS)} {number}",
        "level": "COMPANY" if number < roots else random.choice(("TEAM", "INDIVIDUAL")),
        "progressSource": "BOTH",
        "owner": f"person-{random.randrange(people)}",
        "team": f"team-{random.randrange(teams)}",
    }
    for index in range(3):
        baseline, step = random.randrange(100), random.randrange(10, 100)
        yield {
            "type": "KeyResult",
            "externalId": f"{name}-kr-{index}",
            "objective": name,
            "title": f"Increase measure {index} of {name}",
            "kind": "INCREASE",
            "baseline": str(baseline),
            "target": str(baseline + step),
            "weight": random.choice((1, 1, 1, 2)),
        }
        yield {
            "type": "CheckIn",
            "externalId": f"{name}-kr-{index}-check-in",
            "keyResult": f"{name}-kr-{index}",
            "value": str(baseline + random.randrange(step + 10)),
            "confidence": random.randrange(1, 10) / 10,
            "at": f"{YEAR}-0{random.randrange(1, 7)}-{random.randrange(10, 28)}T09:00:00Z",
        }
    if number >= roots:
        # Every root has five children, and so has everything below it.
        yield {"type": "Alignment", "objective": name, "parent": f"objective-{(number - roots) // CHILDREN}"}
