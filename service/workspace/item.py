"""What all items of a workspace file have in common."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from service.values import parsing

Text = Annotated[str, BeforeValidator(parsing.text)]
Key = Annotated[str, BeforeValidator(parsing.text), Field(min_length=1, max_length=200)]
Number = Annotated[Decimal, BeforeValidator(parsing.number)]
Instant = Annotated[datetime, BeforeValidator(parsing.instant)]
Day = Annotated[date, BeforeValidator(parsing.day)]
Weight = Annotated[float, Field(ge=0, le=1_000_000)]
Share = Annotated[float, Field(ge=0, le=1)]


def ref(thing: str, default: Any = None, more: str = "") -> Any:
    """A field that holds the external id of another item, a `thing`."""
    return Field(default, description=f"External id of the {thing}. {more}".strip())


class Item(BaseModel):
    """Fields that are left out stay as they are; null empties."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)
    REFERENCES: ClassVar[dict[str, str]] = {}


class Known(Item):
    """An item that the file knows by an id of its own."""

    external_id: Key = Field(
        description="External id of the {object}: the id by which your own system knows it, and by which the "
        "import matches it; unique among the {objects}, 1 to 200 characters. For {an object} without one, its "
        "UUID, as exported."
    )
