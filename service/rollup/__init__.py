"""The roll-up: progress and status of objectives from their contributors."""
