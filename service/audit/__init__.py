"""Audit events: failed sign-ins, refusals, exports, and changes of keys, roles and people; append only."""
