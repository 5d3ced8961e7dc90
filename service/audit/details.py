"""Details of an audit event as the API and exports show them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service.values import global_ids
from service.values.names import to_camel_case

# The types of the objects that ids in details mean.
IDS = {"person_id": "Person", "replaces_id": "ApiKey", "replaced_by_id": "ApiKey", "exported_id": "Organization"}


def shown_details(details: Mapping[str, Any]) -> dict[str, Any]:
    """Details by their names in the schema; ids become those of the schema."""
    return {to_camel_case(name): _shown(name, value) for name, value in details.items()}


def _shown(name: str, value: Any) -> Any:
    return global_ids.encode(IDS[name], UUID(value)) if name in IDS and value is not None else value
