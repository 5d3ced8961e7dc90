"""What one request may still make the service do where a short document can ask for very much."""

from service.errors import RequestError

# A measurement that is read, and a period that is told of, each count one: a daily KPI over 30 years comes to 22 000.
MAX_MEASUREMENTS = 250_000
# A comparison with `contains` looks at every row: once for a page, and once more to count the list.
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
    """What is left for one request."""

    def __init__(self) -> None:
        self.measurements, self._searches = MAX_MEASUREMENTS, MAX_SEARCHES

    def measure(self, count: int) -> None:
        """Takes so many measurements and periods. Raises TooManyMeasurements, and takes nothing, if there are not as
        many left."""
        if count > self.measurements:
            raise TooManyMeasurements
        self.measurements -= count

    def search(self, count: int) -> None:
        """Takes so many comparisons with `contains`. Raises TooManySearches, and takes nothing, likewise."""
        if count > self._searches:
            raise TooManySearches
        self._searches -= count
