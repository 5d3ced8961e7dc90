"""The benchmark: our service beside its peers, over the same data and with the same answers."""
