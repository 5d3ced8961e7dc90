"""The delays between attempts to restart the server."""

MIN_SECONDS = 1.0
MAX_SECONDS = 30.0


def restart_delay(failures: int) -> float:
    """Seconds before the next attempt after `failures` failures in a row: 1, 2, 4, 8, 16, then always 30."""
    # The exponent is limited, too, so that the power does not overflow a float.
    return min(MIN_SECONDS * 2.0 ** min(failures, 10), MAX_SECONDS)
