"""Relay: nodes and their ids, connections, lists at the root, lookups and filters."""
