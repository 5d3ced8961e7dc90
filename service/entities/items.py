"""Items of a workspace file: the fields and the types of values that all of them have in common."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from service.values import parsing

Text = Annotated[str, BeforeValidator(parsing.parse_text)]
Key = Annotated[str, BeforeValidator(parsing.parse_text), Field(min_length=1, max_length=200)]
Number = Annotated[Decimal, BeforeValidator(parsing.parse_decimal)]
Instant = Annotated[datetime, BeforeValidator(parsing.parse_instant)]
Day = Annotated[date, BeforeValidator(parsing.parse_date)]
Weight = Annotated[float, Field(ge=0, le=1_000_000)]
Share = Annotated[float, Field(ge=0, le=1)]


def ref(noun: str, default: Any = None, more: str = "") -> Any:
    """A field that holds the external id of another item, a `noun`."""
    return Field(default, description=f"External id of the {noun}. {more}".strip())


class Item(BaseModel):
    """An item of a workspace file. Fields that are left out stay as they are; null removes a value.

    `REFERENCES` maps each field that holds the external id of another item to the type of that item. `IDENTITY` are
    the fields by which an import matches an item with a row. `LOOKED_UP_BY` are the references of which an item without
    an external id of its own always has one; by default the first one. `INPUT_NAMES` maps what inputs of mutations call
    a field to the name of the field.
    """

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)
    REFERENCES: ClassVar[Mapping[str, str]] = {}
    IDENTITY: ClassVar[tuple[str, ...]]
    LOOKED_UP_BY: ClassVar[tuple[str, ...]] = ()
    INPUT_NAMES: ClassVar[Mapping[str, str]] = {}

    if TYPE_CHECKING:
        external_id: str | None

    @classmethod
    def type_name(cls) -> str:
        """The value of `type` in the items of this class."""
        return str(cls.model_fields["type"].default)

    @classmethod
    def is_nested(cls) -> bool:
        """Whether an item can refer to another one of its own type, which an import has to bring first."""
        return cls.type_name() in cls.REFERENCES.values()

    @classmethod
    def looked_up_by(cls) -> tuple[str, ...]:
        """The references by which rows that items may be matched with are found."""
        return cls.LOOKED_UP_BY or tuple(cls.REFERENCES)[:1]

    @property
    def unique_external_id(self) -> str | None:
        """The external id, unless it is one among those of something else that the item is matched by."""
        return self.external_id if self.IDENTITY == ("external_id",) or "external_id" not in self.IDENTITY else None

    @property
    def identity(self) -> tuple[Any, ...]:
        """The values of `IDENTITY`."""
        return tuple(getattr(self, name) for name in self.IDENTITY)


class IdentifiedItem(Item):
    """An item that is matched by its external id."""

    IDENTITY: ClassVar[tuple[str, ...]] = ("external_id",)
    external_id: Key = Field(
        description="External id of the {object}: the id by which your own system knows it, and by which the "
        "import matches it; unique among the {objects}, 1 to 200 characters. For {an object} without one, its "
        "UUID, as exported."
    )
