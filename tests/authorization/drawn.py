"""Random organizations: teams, people, objectives and KPIs with any visibility, as plain facts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

VISIBILITIES = ("ORGANIZATION", "TEAM", "PRIVATE")
# An index is taken modulo the number of what there is; None: none.
INDEX = st.integers(0, 11)
SOME = st.none() | INDEX
WEIGHTS = st.sampled_from([0.0, 0.1, 0.3, 1.0, 2.5, 7.0])


@dataclass(frozen=True)
class Access:
    """Who sees a goal: its visibility, owner and team, and the people and teams that take part. Followers do not."""

    visibility: str
    owner: int | None
    team: int | None
    people: tuple[int, ...]
    teams: tuple[int, ...]
    followers: tuple[int, ...]


@dataclass(frozen=True)
class Edge:
    """An alignment with an earlier objective, or with its first key result if it has one."""

    parent: int
    weight: float
    kind: str
    by_key_result: bool


@dataclass(frozen=True)
class DrawnObjective:
    access: Access
    title: str
    source: str
    edges: tuple[Edge, ...]
    # Weight, and value, which is its progress in hundredths; None: no check-in. Whether aligned objectives measure it.
    key_results: tuple[tuple[float, int | None, bool], ...]
    is_archived: bool


@dataclass(frozen=True)
class DrawnKpi:
    access: Access
    name: str
    parent: int | None
    value: int | None
    # The objective whose first key result it is linked with.
    measures: int | None


@dataclass(frozen=True)
class Organization:
    """Teams by their parents, people by role and teams, and goals; each refers to earlier ones only."""

    teams: tuple[int | None, ...]
    people: tuple[tuple[str, tuple[int, ...]], ...]
    objectives: tuple[DrawnObjective, ...]
    kpis: tuple[DrawnKpi, ...] = field(default=())


def teams_with_below(drawn: Organization, own: Iterable[int]) -> set[int]:
    """Teams with all teams below them."""
    found = {each % len(drawn.teams) for each in own}
    # Each team refers to an earlier one.
    for number, parent in enumerate(drawn.teams):
        if number and parent is not None and parent % number in found:
            found.add(number)
    return found


def lists(of: st.SearchStrategy[Any], most: int, least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, min_size=least, max_size=most).map(tuple)


ACCESS = st.builds(
    Access,
    st.sampled_from(VISIBILITIES),
    owner=SOME,
    team=SOME,
    people=lists(INDEX, 2),
    teams=lists(INDEX, 1),
    followers=lists(INDEX, 2),
)
TITLES = st.text("abc", min_size=1, max_size=3)
OBJECTIVES = st.builds(
    DrawnObjective,
    ACCESS,
    TITLES,
    st.sampled_from(["BOTH", "BOTH", "ALIGNED_OBJECTIVES", "KEY_RESULTS"]),
    lists(
        st.builds(
            Edge,
            INDEX,
            WEIGHTS,
            st.sampled_from(["CONTRIBUTES", "CONTRIBUTES", "SUPPORTS"]),
            st.sampled_from([False, False, True]),
        ),
        2,
    ),
    lists(st.tuples(WEIGHTS, st.none() | st.integers(0, 100), st.booleans()), 2),
    st.sampled_from([False] * 5 + [True]),
)
KPIS = st.builds(DrawnKpi, ACCESS, TITLES, SOME, st.none() | st.integers(0, 20), SOME)
ORGANIZATIONS = st.builds(
    Organization,
    lists(SOME, 4, 1),
    lists(st.tuples(st.sampled_from(["MEMBER", "VIEWER"]), lists(INDEX, 2)), 3, 2),
    lists(OBJECTIVES, 9, 4),
    lists(KPIS, 4, 1),
)
