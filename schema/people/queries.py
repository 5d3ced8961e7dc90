"""Fields of Query that find people."""

import strawberry

from schema.people import Person
from schema.relay.connections import Connection
from schema.relay.lookup import lookup, lookup_many
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.people.entity import PERSON

PersonFilter = filter_input(PERSON, "people")
PersonOrder = order_input(PERSON, "people", "NAME", OrderDirection.ASC)


@strawberry.type
class PersonQueries:
    """Fields of Query."""

    person: Person | None = lookup(PERSON, "Person")
    people_by_external_ids: list[Person | None] | None = lookup_many(PERSON, "People")
    people: Connection[Person] | None = root_list(
        PERSON, PersonFilter, PersonOrder, "People of the organization, a page at a time."
    )
