"""Arguments of lists of what people owe."""

from datetime import datetime
from typing import Annotated

import strawberry

PersonId = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Id of the person who owes the {objects}; those of everybody if left out."),
]
TeamId = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="Id of the team whose {objects} are listed, with those of the teams below it; all if left out."
    ),
]
At = Annotated[
    datetime | None,
    strawberry.argument(
        description="Time at which the {objects} are due, by what is known now; the time of the request if left out."
    ),
]
