"""Importing a whole workspace in one request."""

import asyncio
import dataclasses
from typing import Annotated, Any
from uuid import UUID

import strawberry
from pydantic import ValidationError

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import batched
from schema.mutations.user_errors import UserError, user_errors
from schema.relay.node import Node
from schema.relay.nodes import nodes
from schema.workspace.inputs import WorkspaceItemInput
from service.entities.items import Item
from service.errors import Refusal, Refusals
from service.postgres.database import Row
from service.values.names import to_camel_case
from service.workspace.importing import import_items
from service.workspace.items import any_item, complaints
from service.workspace.report import ItemInvalid, Outcome, Report, Result, TooManyItems

MAX_ITEMS = 5_000

describe_enum(
    Outcome,
    "Outcome of an item of a workspace import.",
    name="WorkspaceItemOutcome",
    CREATED="New object: there was none that matched the item, and it was created.",
    UPDATED="Changed object: the item says something else than what was there.",
    UNCHANGED="Unchanged object: what the item says was there already.",
    FAILED="Refused item; `userErrors` give the reasons.",
    SKIPPED="Item that refers to a refused one, so that no more can be said of it; nothing of its own is wrong.",
)


@strawberry.input(
    description="Items to import into the workspace. An item is matched with what is there by its type and external id."
)
class WorkspaceImportInput:
    items: list[WorkspaceItemInput] = strawberry.field(
        description="Items to import, in any order; they may refer to each other. Fields left out of an item stay "
        "unchanged, and of a new object they get their defaults. Null removes a value, and is refused where there "
        "has to be one."
    )
    dry_run: bool = strawberry.field(
        default=False, description="True to get the results without keeping anything. Left out: false."
    )
    reason: str | None = strawberry.field(
        default=None,
        description="Reason for the changes, kept with their events; at most 2 000 characters. A change of a target in "
        "a cycle that is ACTIVE needs one.",
    )


@strawberry.type(description="Result of importing one item into the workspace.")
class WorkspaceItemResult:
    index: int = strawberry.field(description="Index of the item in `items` of the input, from 0.")
    external_id: str | None = strawberry.field(
        description="External id of the item, as it was sent; null for an item without one."
    )
    outcome: Outcome = strawberry.field(
        description="Outcome of the item: what was done, or would have been done without a dry run or a refused item."
    )
    subject: strawberry.Private[tuple[str, UUID] | None]
    user_errors: list[UserError] = strawberry.field(
        description="Errors because of which the item was refused; empty when it was not."
    )

    @batched(
        "Object that the item describes, as it is after the import. Null when the item was refused, in a dry run that "
        "would create it, and for items without an id: memberships and measurements."
    )
    async def object(parents: list[Row], info: Info) -> list[Node | None]:
        return await nodes(info.context.reader, [parent.subject for parent in parents])


@strawberry.type(description="Results of a workspace import: either all items were imported, or none.")
class WorkspaceImportPayload:
    applied: bool = strawberry.field(
        description="True if the items are in the workspace now; false after a dry run, and if an item was refused."
    )
    created: int = strawberry.field(description="Number of items whose outcome is CREATED.")
    updated: int = strawberry.field(description="Number of items whose outcome is UPDATED.")
    unchanged: int = strawberry.field(description="Number of items whose outcome is UNCHANGED.")
    failed: int = strawberry.field(description="Number of items that were refused; nothing is kept if there is one.")
    skipped: int = strawberry.field(description="Number of items left out because they refer to refused ones.")
    results: list[WorkspaceItemResult] = strawberry.field(
        description="Results, one for each item of the input, in the same order."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Errors of all items together, and those of the import as a whole; empty when nothing was refused."
    )


@strawberry.type
class WorkspaceMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Imports items into the workspace in one transaction, all of them or none: creates objects "
        f"that are not there yet, and updates the others. Sending it again changes nothing. At most {MAX_ITEMS} "
        "items in a body of up to 5 MB; the command line takes any number of them. For administrators."
    )
    async def workspace_import(
        self,
        info: Info,
        input: Annotated[
            WorkspaceImportInput, strawberry.argument(description="Items to import, and the choice of a dry run.")
        ],
    ) -> WorkspaceImportPayload | None:
        if len(input.items) > MAX_ITEMS:
            refusal = TooManyItems(("items",), count=len(input.items), limit=MAX_ITEMS)
            return WorkspaceImportPayload(
                applied=False,
                created=0,
                updated=0,
                unchanged=0,
                failed=0,
                skipped=0,
                results=[],
                user_errors=user_errors(refusal),
            )
        results: list[Result] = []
        report = Report(results.append)
        items = await asyncio.to_thread(_items, input, report)
        together: list[UserError] = []
        try:
            applied = await info.context.hand_over(
                lambda database, viewer, now: import_items(
                    database, viewer, now, items, report, dry_run=input.dry_run, reason=input.reason
                )
            )
        except Refusal as refusal:
            # Found when all was there already: it is about the items together.
            applied, together = False, user_errors(refusal, *(() if refusal.field == ("reason",) else ("items",)))
        for result in results:
            if result.refusal is not None:
                info.context.note_refusal(result.refusal)
        shown = await asyncio.to_thread(_all_shown, results)
        return WorkspaceImportPayload(
            applied=applied,
            created=report.outcomes[Outcome.CREATED],
            updated=report.outcomes[Outcome.UPDATED],
            unchanged=report.outcomes[Outcome.UNCHANGED],
            failed=report.outcomes[Outcome.FAILED],
            skipped=report.outcomes[Outcome.SKIPPED],
            results=shown,
            user_errors=[*together, *(error for result in shown for error in result.user_errors)],
        )


def _items(input: WorkspaceImportInput, report: Report) -> list[tuple[int, Item]]:
    items = []
    for index, each in enumerate(input.items):
        [(name, item)] = _sent_fields(each)
        body = {to_camel_case(field): value for field, value in _sent_fields(item)}
        try:
            items.append(
                (index, any_item.validate_python({"type": name[:1].upper() + to_camel_case(name)[1:], **body}))
            )
        except ValidationError as error:
            refusals = [ItemInvalid(path, problem=problem) for path, problem in complaints(error)]
            report.fail(index, name[:1].upper() + to_camel_case(name)[1:], body.get("externalId"), Refusals(refusals))
    return items


def _sent_fields(value: Any) -> list[tuple[str, Any]]:
    pairs = [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    return [(name, each) for name, each in pairs if each is not strawberry.UNSET]


def _all_shown(results: list[Result]) -> list[WorkspaceItemResult]:
    return [_shown(result) for result in sorted(results, key=lambda result: result.line)]


def _shown(result: Result) -> WorkspaceItemResult:
    kind = to_camel_case(result.type[:1].lower() + result.type[1:])
    errors = user_errors(result.refusal, "items", str(result.line), kind) if result.refusal else []
    return WorkspaceItemResult(
        index=result.line,
        external_id=result.external_id,
        outcome=result.outcome,
        subject=(result.type, result.id) if result.id else None,
        user_errors=errors,
    )
