"""Histories of goals: steps that hypothesis draws, and what carries them out."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from service.alignment import commands as alignment
from service.alignment.edge_request import AlignmentRequest
from service.alignment.models import AlignmentKind
from service.check_ins import commands as check_ins
from service.check_ins.correct_commands import correct, withdraw
from service.check_ins.row_commands import Correction
from service.cycles import commands as cycles
from service.cycles import state_commands
from service.cycles.granules import DateGranularity
from service.cycles.states import CycleStep
from service.entities.archiving import set_archived
from service.errors import Refusal
from service.key_results import commands as key_results
from service.key_results import milestone_commands
from service.key_results.closing_commands import CloseRequest, close
from service.key_results.entity import KEY_RESULT
from service.key_results.models import ControlMode, KeyResultKind, Milestone, ValueSource
from service.key_results.score_commands import ScoreRequest, score_key_result, score_objective
from service.objectives import commands as objectives
from service.objectives.entity import OBJECTIVE
from service.objectives.models import Lifecycle, Objective, ProgressSource, StatusSource
from service.people import commands as people
from service.people.founding import add_organization
from service.postgres.database import Database
from service.unit_of_work import write
from service.viewer import Viewer
from service.writing.change import Change
from service.writing.rows import new_row
from service.writing.transaction import Transaction

BEGINNING = datetime(2026, 2, 1, tzinfo=UTC)

NUMBERS = st.decimals(-50, 150, places=1)

WEIGHTS = st.sampled_from([0.0, 0.5, 1.0, 3.0])

PLACES = st.integers(0, 5)

MODES = st.sampled_from(list(ControlMode))

DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31))
DATES = st.fixed_dictionaries(
    {},
    optional={
        **{"starts_on": DAYS, "start_granularity": st.sampled_from(list(DateGranularity))},
        **{"due_on": DAYS, "due_granularity": st.sampled_from(list(DateGranularity))},
    },
)
# Each step: what is done, to which of the things there are, and with what.
STEPS = st.one_of(
    st.tuples(st.just("key_result"), PLACES, st.sampled_from(list(KeyResultKind)), NUMBERS, NUMBERS, WEIGHTS, MODES),
    st.tuples(st.just("served"), PLACES),
    st.tuples(st.just("check_in"), PLACES, NUMBERS, st.integers(0, 20)),
    st.tuples(st.just("replace"), st.integers(0, 20), st.none() | NUMBERS),
    st.tuples(st.just("say"), PLACES, st.floats(0, 1), st.sampled_from([None, "ON_TRACK", "OFF_TRACK"])),
    st.tuples(st.just("baseline"), PLACES, NUMBERS),
    st.tuples(st.just("align"), PLACES, PLACES, st.sampled_from(list(AlignmentKind)), WEIGHTS),
    st.tuples(st.just("serve"), PLACES, PLACES, WEIGHTS),
    st.tuples(st.just("unalign"), PLACES),
    st.tuples(st.just("source"), PLACES, st.sampled_from(list(ProgressSource)), st.sampled_from(list(StatusSource))),
    st.tuples(st.just("lifecycle"), PLACES, st.sampled_from(list(Lifecycle))),
    st.tuples(st.just("archive"), PLACES, st.booleans()),
    st.tuples(st.just("archive_key_result"), PLACES, st.booleans()),
    st.tuples(st.just("milestone"), PLACES, WEIGHTS, st.booleans()),
    st.tuples(st.just("cycle"), st.integers(3, 12)),
    st.tuples(st.just("step"), st.sampled_from(list(CycleStep))),
    st.tuples(st.just("score"), PLACES, st.booleans(), st.sampled_from([None, 0.3, 1.0])),
    st.tuples(st.just("dates"), PLACES, st.booleans(), DATES),
    st.tuples(st.just("policy"), st.sampled_from([0.8, 0.9, 1.0]), st.sampled_from([1, 7, 30])),
)


class History:
    """One organization with six objectives, to which steps are done."""

    def __init__(self, database: Database) -> None:
        self.database, self.viewer, self.now = database, Viewer(uuid7(), None, "OWNER"), BEGINNING
        self.key_results: list[Any] = []
        self.edges: list[Any] = []
        self.check_ins: list[Any] = []

    async def write(self, command: Callable[[Transaction], Awaitable[Any]]) -> Any:
        """What a command comes to; None when it is refused."""
        self.now += timedelta(days=1)
        try:
            return await write(self.database, self.viewer, self.now, command, exclusive=True)
        except Refusal:
            return None

    async def begin(self) -> None:
        async def command(tx: Transaction) -> Any:
            await add_organization(tx, "Histories", "UTC", {"name": "Olive"})
            dates = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
            cycle = cycles.draft(tx, {"name": "2026", "kind": "YEAR", **dates}, "UTC")
            await cycles.create(tx, [cycle])
            rows = [new_row(tx, Objective, {"cycle_id": cycle.id, "title": f"Objective {n}"}) for n in range(6)]
            await objectives.create(tx, rows)
            return cycle.id, [row.id for row in rows]

        self.cycle, self.objectives = await self.write(command)

    def pick(self, things: list[Any], place: int) -> Any:
        return things[place % len(things)] if things else None

    async def do(self, step: tuple[Any, ...]) -> None:
        name, *arguments = step
        await getattr(self, name)(*arguments)

    async def key_result(
        self, place: int, kind: KeyResultKind, a: Decimal, b: Decimal, weight: float, mode: ControlMode
    ) -> None:
        objective = self.pick(self.objectives, place)

        async def command(tx: Transaction) -> Any:
            facts = {"objective_id": objective, "title": kind.value, "kind": kind, "weight": weight}
            numbers = {"baseline": a, "target": None if "_BY" in kind else b, "change_by": abs(b) + 1, "lower": a}
            control = mode if kind in ("AT_LEAST", "AT_MOST") else ControlMode.LATEST
            row = key_results.draft(tx, {**facts, **numbers, "mode": control})
            await key_results.create(tx, [row])
            return row.id

        if made := await self.write(command):
            self.key_results.append(made)

    async def served(self, place: int) -> None:
        if id := self.pick(self.key_results, place):
            values = {"value_source": ValueSource.ALIGNED_OBJECTIVES}
            await self.write(lambda tx: key_results.change(tx, Change(id, values)))

    async def check_in(self, place: int, value: Decimal, days_ago: int) -> None:
        if id := self.pick(self.key_results, place):
            said = check_ins.CheckInDraft(value=value, at=self.now - timedelta(days=days_ago))
            if made := await self.write(lambda tx: check_ins.check_in_key_result(tx, id, said)):
                self.check_ins.append(made)

    async def replace(self, place: int, value: Decimal | None) -> None:
        """A correction of a value that was ever checked in, or a withdrawal."""
        if id := self.pick(self.check_ins, place):
            command = withdraw if value is None else correct
            requested = Correction(id, {} if value is None else {"value": value})
            if made := await self.write(lambda tx: command(tx, requested)):
                self.check_ins.append(made)

    async def say(self, place: int, share: float, status: Any) -> None:
        id = self.pick(self.objectives, place)
        value = Decimal(str(round(share, 3)))
        for said in (check_ins.CheckInDraft(value=value), check_ins.CheckInDraft(confidence=share, status=status)):
            await self.write(lambda tx, said=said: check_ins.check_in_objective(tx, id, said))  # type: ignore[misc]

    async def baseline(self, place: int, value: Decimal) -> None:
        if id := self.pick(self.key_results, place):
            await self.write(lambda tx: key_results.change(tx, Change(id, {"baseline": value}, reason="Measured")))

    async def dates(self, place: int, is_key_result: bool, values: dict[str, Any]) -> None:
        """Other dates of an objective or of a key result, as an import sends them."""
        command, ids = (key_results.change, self.key_results) if is_key_result else (objectives.change, self.objectives)
        if id := self.pick(ids, place):
            await self.write(lambda tx: command(tx, Change(id, values)))

    async def align(self, place: int, parent: int, kind: AlignmentKind, weight: float) -> None:
        wish = AlignmentRequest(
            self.pick(self.objectives, place), self.pick(self.objectives, parent), None, kind, weight
        )
        if edge := await self.write(lambda tx: alignment.align(tx, wish)):
            self.edges.append(edge)

    async def serve(self, place: int, parent: int, weight: float) -> None:
        if key_result := self.pick(self.key_results, parent):
            wish = AlignmentRequest(self.pick(self.objectives, place), parent_key_result_id=key_result, weight=weight)
            if edge := await self.write(lambda tx: alignment.align(tx, wish)):
                self.edges.append(edge)

    async def unalign(self, place: int) -> None:
        if id := self.pick(self.edges, place):
            await self.write(lambda tx: alignment.unalign(tx, id))

    async def source(self, place: int, source: ProgressSource, status: StatusSource) -> None:
        id = self.pick(self.objectives, place)
        values = {"progress_source": source, "status_source": status}
        await self.write(lambda tx: objectives.change(tx, Change(id, values)))

    async def lifecycle(self, place: int, lifecycle: Lifecycle) -> None:
        id = self.pick(self.objectives, place)
        await self.write(lambda tx: objectives.change(tx, Change(id, {"lifecycle": lifecycle})))

    async def archive(self, place: int, archived: bool) -> None:
        id = self.pick(self.objectives, place)
        await self.write(lambda tx: set_archived(tx, OBJECTIVE, id, archived))

    async def archive_key_result(self, place: int, archived: bool) -> None:
        if id := self.pick(self.key_results, place):
            await self.write(lambda tx: set_archived(tx, KEY_RESULT, id, archived))

    async def milestone(self, place: int, weight: float, done: bool) -> None:
        if id := self.pick(self.key_results, place):
            facts = {"key_result_id": id, "title": "Stage", "weight": weight, "done_at": self.now if done else None}
            await self.write(lambda tx: milestone_commands.create(tx, [new_row(tx, Milestone, facts)]))

    async def cycle_ends(self, month: int) -> None:
        await self.write(lambda tx: cycles.change(tx, Change(self.cycle, {"ends_on": date(2026, month, 28)})))

    async def step(self, step: CycleStep) -> None:
        change = Change(self.cycle, {}, reason="Drawn")
        if step is CycleStep.EXTEND:
            await self.write(lambda tx: state_commands.extend(tx, change, date(2026, 12, 31)))
        elif step is CycleStep.CLOSE:
            rest = CloseRequest(accepts_proposals=True, waiver="Never measured")
            await self.write(lambda tx: close(tx, change, rest))
        else:
            await self.write(lambda tx: state_commands.take_step(tx, step, change))

    async def score(self, place: int, of_key_result: bool, share: float | None) -> None:
        id = self.pick(self.key_results if of_key_result else self.objectives, place)
        score = score_key_result if of_key_result else score_objective
        if id is not None:
            request = ScoreRequest(id, share, has_score=share is not None, reason="Drawn")
            await self.write(lambda tx: score(tx, request))

    async def policy(self, on_track: float, cadence: int) -> None:
        values = {"on_track_pace": on_track, "check_in_cadence_days": cadence}
        await self.write(lambda tx: people.change_organization(tx, values, None))
