"""Declaration of a type of object, from which the registries of all types are derived."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Table
from sqlmodel import SQLModel

from service.entities.export import Export, Selection
from service.entities.items import Item
from service.errors import Refusal
from service.postgres.tables import Changeable, columns_of
from service.reading.involvement import Involvement
from service.reading.keyset import Listing
from service.viewer import Viewer
from service.writing.change import Change
from service.writing.transaction import Transaction

# Where a fact of a type is declared: type of the schema, inputs of mutations, item of a file, and revisions.
Face = Literal["type", "create", "update", "item", "history"]
# The id of an object of any type.
ANY_TYPE = "*"
Values = Mapping[str, Any]
Draft = Callable[[Values], Any]


@dataclass(frozen=True, kw_only=True)
class Upsert:
    """The commands by which an import creates and changes the rows of a type.

    `create` adds rows. `create_by` is the column by which new rows are added together, so that a refusal is told of
    the rows with one value in it; None adds all together. `creating` locks once what all new rows need, and gives the
    function that then stands for `create`. `drafting` gives the function that makes a new row of
    values; None makes it of the values alone. `completing` sets columns of new rows that need a look at other rows, and
    gives what is wrong with them, by id. `adjust` gives the values that an existing row is changed to, of those
    of an item. A column in `inferred` without a value follows from the others. `matching` gives the rows that items are
    matched with, by their identities; None matches them by external id.
    """

    create: Callable[[Transaction, Sequence[Any]], Awaitable[None]]
    change: Callable[[Transaction, Change], Awaitable[None]]
    create_by: str | None = None
    creating: Callable[[Transaction, Sequence[Any]], Awaitable[Callable[[Sequence[Any]], None]]] | None = None
    drafting: Callable[[Transaction], Awaitable[Draft]] | None = None
    completing: Callable[[Transaction, Sequence[Any]], Awaitable[Mapping[UUID, Sequence[Refusal]]]] | None = None
    adjust: Callable[[Any, dict[str, Any]], dict[str, Any]] | None = None
    inferred: frozenset[str] = frozenset()
    matching: Callable[[Transaction, Sequence[Any]], Awaitable[Mapping[tuple[Any, ...], Any]]] | None = None


@dataclass(frozen=True, kw_only=True)
class Archiving:
    """How a row of a type is archived and restored.

    `ensure_allowed` raises Forbidden. `lock` gives the locked row and the objectives it counts in; it notes or raises
    what forbids to archive the row, or to restore it. None locks the row alone. `settle` notes what has to be
    computed anew once the row has changed.
    """

    ensure_allowed: Callable[[Viewer], None]
    lock: Callable[[Transaction, UUID, bool], Awaitable[tuple[Changeable, Sequence[UUID]]]] | None = None
    settle: Callable[[Transaction, Any], Awaitable[None]] | None = None


class Omission(NamedTuple):
    """Facts of a type that are left out of some of its faces, and why; no facts are all of them."""

    facts: Sequence[str]
    faces: Sequence[Face]
    reason: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Entity:
    """One type of object.

    `by_id` and `by_external_id` read rows by `:ids`. A type that `is_node` is found by its global id. One that
    `is_for_administrators` is not there for others. `listing` are all rows, and `filters` maps the names in a filter to
    what they compare. `item` is a row in a workspace file, and `export` how the rows of an export are read. `upsert` is
    None where an import has a function of its own. `loose_references` maps the columns that refer to objects without a
    foreign key to the names of their types, or to `ANY_TYPE`. `omitted` are the facts that are left out somewhere.
    """

    model: type[SQLModel]
    by_id: Select[Any]
    by_external_id: Select[Any] | None = None
    is_node: bool = True
    is_for_administrators: bool = False
    listing: Listing | None = None
    filters: dict[str, Any] = field(default_factory=dict)
    item: type[Item] | None = None
    export: Export | None = None
    upsert: Upsert | None = None
    archiving: Archiving | None = None
    loose_references: Mapping[str, str] = field(default_factory=dict)
    omitted: Sequence[Omission] = ()

    @property
    def name(self) -> str:
        """The name of the type, in the schema and in workspace files."""
        return self.model.__name__

    @property
    def table(self) -> Table:
        """The table of the rows."""
        return self.model.__table__  # type: ignore[attr-defined, no-any-return]

    @property
    def changeable(self) -> type[Changeable]:
        """The model of rows that people change. Raises TypeError for other rows."""
        if not issubclass(self.model, Changeable):
            raise TypeError(f"{self.name} has no rows that people change.")
        return self.model

    @cached_property
    def selection(self) -> Selection | None:
        """The rows in an export; None if they are in none."""
        return Selection(self.table, self.item, self.export) if self.item and self.export else None


def filters(model: type[SQLModel], *names: str, **expressions: Any) -> dict[str, Any]:
    """The columns of a model by which its rows are filtered, and expressions under names of their own."""
    return {name: getattr(model, name) for name in names} | expressions


def involvements(model: type[SQLModel], goal: str, named_by: str) -> dict[str, Involvement]:
    """The filters by who is involved: `goal` is the column with the goal whose participants name it by `named_by`."""
    columns = columns_of(model)
    return dict.fromkeys(("involving", "mine"), Involvement(columns["owner_id"], columns[goal], named_by))
