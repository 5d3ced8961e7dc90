"""Names in the schema, each made once: converting one filter asks for the names of all fields of its type."""

from functools import cache

from strawberry.schema.name_converter import NameConverter


class Names(NameConverter):
    """As Strawberry has them."""

    # There is one converter, of the one schema.
    @cache  # noqa: B019
    def apply_naming_config(self, name: str) -> str:
        return super().apply_naming_config(name)
