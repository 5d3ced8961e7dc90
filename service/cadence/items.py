"""The cadence in the items of workspace files, and in the declarations of their types."""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from service.cadence.due import Weekday
from service.entities.entity import Omission

CADENCE_INPUT_NAMES: Mapping[str, str] = {"checkInCadence": "checkInCadenceDays"}
CADENCE_OMITTED = Omission(
    ("check_in_cadence_days", "check_in_weekday"), ("type", "create", "update"), "`checkInCadence` has both."
)


class CadenceFields(BaseModel):
    """The fields of an item that has a cadence of its own."""

    check_in_cadence_days: int | None = Field(
        None,
        description="Cadence of check-ins on the goals that it counts for: days from one to the next, 1 to 366. Empty: "
        "inherited.",
    )
    check_in_weekday: Weekday | None = Field(
        None, description="Weekday that these check-ins are due on; for a cadence of at least 7 days. Empty: none."
    )
