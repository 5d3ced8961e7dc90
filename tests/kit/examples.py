"""How many examples a slow property is tried with: few in each run of the tests, many in `make fuzz`."""

import os

IS_FUZZ = "OKRGRAPH_FUZZ" in os.environ


def examples(few: int, many: int) -> int:
    """`many` in `make fuzz`, else `few`."""
    return many if IS_FUZZ else few
