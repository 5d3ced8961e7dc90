"""Finding people."""

import strawberry

from schema.connections import Connection, OrderDirection
from schema.filters import DateTimeFilter, IDFilter, StringFilter, enum_filter
from schema.lists import filter_input, order_input, root_list
from schema.people import Person
from service.people import queries
from service.people.models import Role

IDS = {"id": "Person"}

PersonFilter = filter_input(
    "Person",
    "people",
    id=(IDFilter, "By id."),
    external_id=(StringFilter, "By the partner's id."),
    name=(StringFilter, "By name."),
    email=(StringFilter, "By email."),
    role=(enum_filter(Role), "By what they may do."),
    created_at=(DateTimeFilter, "By when it was created."),
    updated_at=(DateTimeFilter, "By when it was last changed."),
)
PersonOrder = order_input(
    "Person",
    "people",
    "NAME",
    OrderDirection.ASC,
    CREATED_AT="When they were created.",
    NAME="Their names, by characters.",
    UPDATED_AT="When they were last changed.",
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
        "All people of the organization, a page at a time.",
    )
