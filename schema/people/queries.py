"""Finding people."""

import strawberry

from schema.people import Person
from schema.relay.connections import Connection, OrderDirection
from schema.relay.filters import DateTimeFilter, IDFilter, StringFilter, enum_filter
from schema.relay.root_connections import filter_input, order_input, root_list
from service.people import queries
from service.people.models import Role

IDS = {"id": "Person"}

PersonFilter = filter_input(
    "Person",
    "people",
    id=IDFilter,
    external_id=StringFilter,
    name=StringFilter,
    email=StringFilter,
    role=enum_filter(Role),
    created_at=DateTimeFilter,
    updated_at=DateTimeFilter,
)
PersonOrder = order_input(
    "Person",
    "people",
    "NAME",
    OrderDirection.ASC,
    "CREATED_AT",
    "NAME",
    "UPDATED_AT",
)


@strawberry.type
class PersonQueries:
    """Fields of Query."""

    people: Connection[Person] | None = root_list(
        queries.ALL_PEOPLE,
        queries.PERSON_FILTERS,
        IDS,
        PersonFilter,
        PersonOrder,
        "People of the organization, a page at a time.",
    )
