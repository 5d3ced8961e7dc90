"""The running service: persistence, rules and the HTTP door."""
