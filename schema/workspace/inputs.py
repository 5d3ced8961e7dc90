"""The items of a workspace as GraphQL inputs, made of the models that also read workspace files."""

import types
from typing import Annotated, Any, Union, get_args, get_origin

import strawberry

from service.entities.items import Item
from service.workspace.items import ITEM_TYPES


def _bare(annotation: Any) -> Any:
    """A type without pydantic's validators, which run when the item is made."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return Union[tuple(_bare(each) for each in get_args(annotation))]  # noqa: UP007
    return annotation


def _input(kind: type[Item]) -> Any:
    annotations: dict[str, Any] = {}
    body: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        if name == "type":
            continue
        bare = _bare(field.annotation)
        if field.is_required():
            annotations[name] = bare
            body[name] = strawberry.field(description=field.description)
        else:
            annotations[name] = bare | None
            body[name] = strawberry.field(default=strawberry.UNSET, description=field.description)
    input_type = type(f"{kind.__name__}Input", (), {"__annotations__": annotations, "__module__": __name__, **body})
    return strawberry.input(input_type, description=(kind.__doc__ or "").strip())


def _one_of() -> Any:
    annotations: dict[str, Any] = {}
    body: dict[str, Any] = {}
    for kind in ITEM_TYPES:
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__.removesuffix("Item")).lstrip("_")
        annotations[name] = _input(kind) | None
        body[name] = strawberry.field(default=strawberry.UNSET, description=(kind.__doc__ or "").strip())
    input_type = type("WorkspaceItemInput", (), {"__annotations__": annotations, "__module__": __name__, **body})
    description = "Item of a workspace import: exactly one of these objects."
    return strawberry.input(input_type, one_of=True, description=description)


WorkspaceItemInput: Any = _one_of()
