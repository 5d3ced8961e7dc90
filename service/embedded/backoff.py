"""How long to wait before each try to restart the server."""

FIRST_SECONDS = 1.0
MAX_SECONDS = 30.0


def restart_delay(failures: int) -> float:
    """Seconds before the next try after so many failed ones in a row: 1, 2, 4, 8, 16, then always 30."""
    # The exponent is bounded too: a server may be down for so long that the power is no float any more.
    return min(FIRST_SECONDS * 2.0 ** min(failures, 10), MAX_SECONDS)
