"""Descriptions of the fields that most types have."""

VERSION = (
    "Version number of the {object}, for `expectedVersion`: it grows by one with each change of the {object}'s own "
    "fields. Changes of computed values do not count."
)
EXTERNAL_ID = "Id by which your own system knows the {object}; unique among the {objects}. Null if none was given."
CREATED = "Time at which the {object} was created."
UPDATED = "Time of the last change of the {object}'s own fields."
ARCHIVED = "Time since which the {object} is archived; null if it is not archived."
