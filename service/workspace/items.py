"""Items of all types, told apart by `type` and linked by external ids."""

from typing import Annotated, Any, Union

from pydantic import Field, TypeAdapter, ValidationError

from service.all_entities import ENTITIES
from service.entities.items import Item

# In the order in which an import brings them.
ITEM_TYPES: tuple[type[Item], ...] = tuple(entity.item for entity in ENTITIES if entity.item is not None)
TYPE_NAMES = frozenset(item_type.type_name() for item_type in ITEM_TYPES)
_AnyItem: Any = Annotated[Union[ITEM_TYPES], Field(discriminator="type")]  # noqa: UP007
# An item with its line.
Numbered = tuple[int, Item]
any_item: TypeAdapter[Any] = TypeAdapter(_AnyItem)


def complaints(error: ValidationError, *, of_union: bool = True) -> list[tuple[tuple[str, ...], str]]:
    """The path of each invalid field, and why; `of_union`: paths begin with the item's type, which is left out."""
    return [
        (
            ("type",) if each["type"].startswith("union_tag") else tuple(map(str, each["loc"][of_union:])),
            each["msg"].removeprefix("Value error, "),
        )
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]
