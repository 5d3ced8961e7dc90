"""Fewer points of a long series for small screens, with its peaks."""

from collections.abc import Sequence

from service.kpis.series.buckets import Bucket

FEWEST = 4


def downsampled(buckets: Sequence[Bucket], most: int) -> list[Bucket]:
    """At most `most` (4 or more) of the buckets, in order: the first, the last, and of each stretch between them
    the lowest and the highest. No value is made up, so the peaks of the whole are among them."""
    if len(buckets) <= most:
        return list(buckets)
    inner = range(1, len(buckets) - 1)
    stretches = (most - 2) // 2
    kept = {0, len(buckets) - 1}
    for number in range(stretches):
        stretch = inner[number * len(inner) // stretches : (number + 1) * len(inner) // stretches]
        valued = [place for place in stretch if buckets[place].value is not None]
        if valued:
            kept.add(min(valued, key=lambda place: buckets[place].value))  # type: ignore[arg-type, return-value]
            kept.add(max(valued, key=lambda place: buckets[place].value))  # type: ignore[arg-type, return-value]
        else:
            # A gap stays visible.
            kept.add(stretch[0])
    return [buckets[place] for place in sorted(kept)]
