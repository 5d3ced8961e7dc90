"""Entities: how a type of object is declared once, in its module, so that registries can be derived."""
