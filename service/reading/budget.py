"""Limits per request for work that a short document can multiply: measurements and text searches."""

from service.errors import RequestError

# Each measurement read and each period returned count as one: a daily KPI over 30 years counts 22 000.
MAX_MEASUREMENTS = 250_000
# A comparison with `contains` scans every row: once for a page, and once more to count the list.
MAX_SEARCHES = 10


class TooManyMeasurements(RequestError):
    """The request asks for more measurements and periods of KPIs than one request may."""

    code = "TOO_MANY_MEASUREMENTS"

    def __init__(self) -> None:
        super().__init__(
            f"One request may read {MAX_MEASUREMENTS} measurements and periods of KPIs. Ask for fewer KPIs, a shorter "
            "time or longer periods, or send several requests."
        )


class TooManySearches(RequestError):
    """The request searches in more lists than one request may."""

    code = "TOO_MANY_SEARCHES"

    def __init__(self) -> None:
        super().__init__(
            f"One request may make {MAX_SEARCHES} comparisons with `contains`; those of a list whose `totalCount` is "
            "asked for count twice. Send several requests."
        )


class Budget:
    """The remaining measurements and searches of one request."""

    def __init__(self) -> None:
        self.measurements = MAX_MEASUREMENTS
        self._searches = MAX_SEARCHES

    def measure(self, count: int) -> None:
        """Spends `count` measurements and periods. Raises TooManyMeasurements, spending nothing, if fewer are left."""
        if count > self.measurements:
            raise TooManyMeasurements
        self.measurements -= count

    def search(self, count: int) -> None:
        """Spends `count` `contains` comparisons. Raises TooManySearches, and spends nothing, if fewer are left."""
        if count > self._searches:
            raise TooManySearches
        self._searches -= count
