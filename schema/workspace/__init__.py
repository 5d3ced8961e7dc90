"""Importing a whole workspace in one request."""

import asyncio
import dataclasses
from typing import Annotated, Any

import strawberry
from pydantic import ValidationError

from schema.context import Context
from schema.errors import UserError, user_errors
from schema.inputs import described
from schema.node import global_id
from schema.workspace.inputs import WorkspaceItemInput
from service.changing import camel
from service.errors import Refusal, Refusals
from service.workspace.importing import import_items
from service.workspace.item import Item
from service.workspace.items import adapter, complaints
from service.workspace.results import ItemInvalid, Outcome, Report, Result, TooManyItems

MAX_ITEMS = 5_000

described(
    Outcome,
    "What became of an item.",
    name="WorkspaceItemOutcome",
    CREATED="It was not there and was added.",
    UPDATED="It was there and was changed.",
    UNCHANGED="It was there just so.",
    FAILED="It was refused.",
    SKIPPED="Item that refers to a refused one, so that no more can be said of it; nothing of its own is wrong.",
)


@strawberry.input(description="What a workspace is to be like. Items are matched by type and external id.")
class WorkspaceImportInput:
    items: list[WorkspaceItemInput] = strawberry.field(
        description="The items, in any order. What is left out of an item stays as it is, null empties."
    )
    dry_run: bool = strawberry.field(default=False, description="Only tell what would happen; nothing is kept.")


@strawberry.type(description="What became of one item.")
class WorkspaceItemResult:
    index: int = strawberry.field(description="The item's place in `items`, from 0.")
    external_id: str | None = strawberry.field(description="The item's external id.")
    outcome: Outcome = strawberry.field(description="What became of it, or would have if all had been well.")
    object_id: strawberry.ID | None = strawberry.field(
        description="Id of the object that the item became; null when it was refused or has none."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was not.")


@strawberry.type(description="What an import came to: all items were taken in, or none.")
class WorkspaceImportPayload:
    kept: bool = strawberry.field(description="Whether the items are in the workspace now.")
    created: int = strawberry.field(description="How many items were added.")
    updated: int = strawberry.field(description="How many items were changed.")
    unchanged: int = strawberry.field(description="How many items were there just so.")
    failed: int = strawberry.field(description="How many items were refused; nothing is kept if there is one.")
    skipped: int = strawberry.field(description="Number of items left out because they refer to refused ones.")
    results: list[WorkspaceItemResult] = strawberry.field(description="One result for each item, in their order.")
    user_errors: list[UserError] = strawberry.field(description="The errors of all items together.")


@strawberry.type
class WorkspaceMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Brings the workspace to what the items say, in one transaction: all of them or none. Sending "
        f"it again changes nothing. At most {MAX_ITEMS} items in a body of up to 5 MB; the command line takes any "
        "number of them. For administrators."
    )
    async def workspace_import(
        self,
        info: strawberry.Info[Context, Any],
        input: Annotated[WorkspaceImportInput, strawberry.argument(description="The items.")],
    ) -> WorkspaceImportPayload | None:
        if len(input.items) > MAX_ITEMS:
            refusal = TooManyItems(("items",), count=len(input.items), limit=MAX_ITEMS)
            return WorkspaceImportPayload(
                kept=False,
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
            kept = await info.context.hand_over(
                lambda database, viewer, now: import_items(database, viewer, now, items, report, dry_run=input.dry_run)
            )
        except Refusal as refusal:
            # Found when all was there already: it is about the items together.
            kept, together = False, user_errors(refusal, "items")
        shown = await asyncio.to_thread(_all_shown, results)
        return WorkspaceImportPayload(
            kept=kept,
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
        [(name, item)] = _given(each)
        body = {camel(field): value for field, value in _given(item)}
        try:
            items.append((index, adapter.validate_python({"type": name[:1].upper() + camel(name)[1:], **body})))
        except ValidationError as error:
            refusals = [ItemInvalid(path, problem=problem) for path, problem in complaints(error)]
            report.fail(index, name[:1].upper() + camel(name)[1:], body.get("externalId"), Refusals(refusals))
    return items


def _given(value: Any) -> list[tuple[str, Any]]:
    pairs = [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    return [(name, each) for name, each in pairs if each is not strawberry.UNSET]


def _all_shown(results: list[Result]) -> list[WorkspaceItemResult]:
    return [_shown(result) for result in sorted(results, key=lambda result: result.line)]


def _shown(result: Result) -> WorkspaceItemResult:
    kind = camel(result.type[:1].lower() + result.type[1:])
    errors = user_errors(result.refusal, "items", str(result.line), kind) if result.refusal else []
    return WorkspaceItemResult(
        index=result.line,
        external_id=result.external_id,
        outcome=result.outcome,
        object_id=global_id(result.type, result.id) if result.id else None,
        user_errors=errors,
    )
