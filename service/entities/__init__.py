"""Entities: how a type of object is declared once, in its room, so that registries can be derived."""
