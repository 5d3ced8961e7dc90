"""Reduces the buckets of a long series for small screens, without losing its peaks."""

from collections.abc import Sequence

from service.kpis.series.buckets import Bucket

MIN_BUCKETS = 4


def downsample(buckets: Sequence[Bucket], max_buckets: int) -> list[Bucket]:
    """At most `max_buckets` (4 or more) of the buckets, in order: the first, the last, and the lowest and highest of
    each stretch between them. The peaks of the series are among them."""
    if len(buckets) <= max_buckets:
        return list(buckets)
    inner = range(1, len(buckets) - 1)
    stretches = (max_buckets - 2) // 2
    selected = {0, len(buckets) - 1}
    for number in range(stretches):
        stretch = inner[number * len(inner) // stretches : (number + 1) * len(inner) // stretches]
        valued = [index for index in stretch if buckets[index].value is not None]
        if valued:
            selected.add(min(valued, key=lambda index: buckets[index].value))  # type: ignore[arg-type, return-value]
            selected.add(max(valued, key=lambda index: buckets[index].value))  # type: ignore[arg-type, return-value]
        else:
            # A stretch without values stays visible.
            selected.add(stretch[0])
    return [buckets[index] for index in sorted(selected)]
