"""An organization that is changed over the API, with every accepted command told to the model as well."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.kit.client import Client
from tests.model.closing import ALLOWED, state
from tests.model.drawn_values import cadence_of, midnight, stretch
from tests.model.exact import fraction
from tests.model.facts import DAY, Cycle
from tests.model.goals import Moment, World

COLUMNS = {"changeBy": "change_by", "valueSource": "value_source", "progressSource": "progress_source"}
COLUMNS |= {"statusSource": "status_source", "ownerId": "owner", "teamId": "team"}
COLUMNS |= {"checkInCadence": "cadence"}
NUMBERS = {"baseline", "target", "change_by", "lower", "upper", "weight"}


class History:
    """What is known of an organization; a step that is refused changes neither the service nor the model."""

    def __init__(self, client: Client) -> None:
        self.client, self.world, self.random = client, World(), Random(0)
        # Each check-in that was ever made, with its goal.
        self.said: list[tuple[str, str]] = []
        self.check_ins = self.accepted = self.refused = 0
        # The dates that goals were given, by goal and name: other days of the same month name the same instants.
        self.dates: dict[tuple[str, str], Any] = {}
        self.people: list[str | None] = [None]
        self.teams: list[str | None] = [None]

    @property
    def now(self) -> datetime:
        return self.client.clock.now

    async def do(self, step: tuple[Any, ...]) -> None:
        """One step by its name."""
        name, *arguments = step
        await getattr(self, name)(*arguments)

    async def send(
        self, mutation: str, input: dict[str, Any], selection: str, action: str = "edit", *goals: str | None
    ) -> Any:
        """What a mutation changes; null when it is refused. The states of the cycles of `goals` bind it."""
        given = {key: str(value) if isinstance(value, Decimal) else value for key, value in input.items()}
        payload = await self.client.change(mutation, given, selection)
        errors = payload.pop("userErrors")
        accepted = errors == []
        self.compare_state(errors, action, *goals)
        self.accepted, self.refused = self.accepted + accepted, self.refused + (not accepted)
        return next(iter(payload.values())) if accepted else None

    def compare_state(self, errors: list[dict[str, Any]], action: str, *goals: str | None) -> None:
        """Compares what was refused because of a state with what the model says; `goals` are goals or cycles."""
        states = [state(self.cycle_of(goal), self.now) for goal in goals if goal]
        is_forbidden = any(action not in ALLOWED[each] for each in states)
        is_refused = any(error["code"] == "CYCLE_STATE_FORBIDS" for error in errors)
        assert is_forbidden or not is_refused, (action, states, errors)
        assert errors or not is_forbidden, (action, states)

    def cycle_of(self, id: str) -> Cycle:
        """The cycle of a goal, or the cycle itself."""
        return self.world.cycles.get(id) or Moment(self.world, self.now).cycle(id)

    def pick(self, things: Iterable[str], place: int) -> str | None:
        """One of these ids, if there are any."""
        found = list(things)
        return found[place % len(found)] if found else None

    async def wait(self, hours: int) -> None:
        self.client.clock.now += timedelta(hours=hours)

    def owned(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Changes with the ids of owner and team, which are drawn by place; the first ones are none."""
        owner = {"ownerId": self.people[changes["ownerId"]]} if "ownerId" in changes else {}
        team = {"teamId": self.teams[changes["teamId"]]} if "teamId" in changes else {}
        return changes | owner | team

    def bound(self, row: Any, id: str, changes: dict[str, Any]) -> tuple[str, ...]:
        """The id of what a change would change, if it does: facts that stay are forbidden by no state."""
        for name, value in changes.items():
            column = COLUMNS.get(name, name)
            now = self.dates.get((id, name)) if name in ("start", "due") else getattr(row, column)
            if now != _fact(column, value):
                return (id,)
        return ()

    def keep_dates(self, id: str, changes: dict[str, Any]) -> None:
        self.dates |= {(id, name): value for name, value in changes.items() if name in ("start", "due")}

    def apply(self, row: Any, changes: dict[str, Any]) -> Any:
        """Writes accepted values into a row of the model."""
        was = getattr(row, "lifecycle", None)
        for name, value in changes.items():
            if name in ("start", "due"):
                first, last = stretch(value) if value else (None, None)
                if name == "start":
                    row.starts = first and midnight(first)
                else:
                    row.due = last and midnight(last + DAY)
                continue
            column = COLUMNS.get(name, name)
            if hasattr(row, column) and column != "objective":
                setattr(row, column, _fact(column, value))
        if was != "ACTIVE" and getattr(row, "lifecycle", None) == "ACTIVE":
            row.active_since = self.now
        return row


def _fact(column: str, value: Any) -> Any:
    """A value of an input as the model has it."""
    if column == "cadence":
        return cadence_of(value)
    return fraction(value) if column in NUMBERS else value
