"""Lets a service report sooner that its server is down; no test."""

from service.embedded import supervisor

IMPATIENT = f"{__name__}:be_impatient"


def be_impatient() -> None:
    supervisor.MAX_DOWN_SECONDS = 3.0
