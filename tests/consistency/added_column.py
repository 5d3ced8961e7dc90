"""A column that a test adds to a copy of the tree, as CONTRIBUTING says it."""

# For each file: what an edit looks for, and what stands there afterwards.
COLUMN: dict[str, list[tuple[str, str]]] = {
    "service/cycles/models.py": [
        (
            "    parent_id: UUID | None = None\n",
            "    parent_id: UUID | None = None\n"
            "    theme: str | None = Field(default=None, sa_type=Name, max_length=200)\n",
        )
    ],
    "service/cycles/entity.py": [
        ('"parent_id"),\n', '"parent_id", "theme"),\n'),
        (
            "    parent: Key | None = ref(",
            '    theme: Text | None = Field(None, description="Theme of the cycle, at most 200 characters.")\n'
            "    parent: Key | None = ref(",
        ),
    ],
    "schema/cycles/__init__.py": [
        (
            "    version: int = ",
            '    theme: str | None = strawberry.field(description="Theme of the cycle; null if there is none.")\n'
            "    version: int = ",
        )
    ],
    "schema/cycles/mutations.py": [
        (
            '    parent_id: strawberry.ID | None = optional(f"{PARENT} Left out: none.")\n',
            '    parent_id: strawberry.ID | None = optional(f"{PARENT} Left out: none.")\n'
            '    theme: str | None = optional("Theme of the cycle, at most 200 characters. Left out: none.")\n',
        ),
        (
            "    parent_id: Maybe[",
            '    theme: Maybe[str | None] = optional("Theme of the cycle. Left out: unchanged. Null: removed.")\n'
            "    parent_id: Maybe[",
        ),
    ],
}
