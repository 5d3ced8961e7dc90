"""The example operations that the explorer offers."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from service.values.record import record

FOLDER = Path(__file__).parent / "examples"


@record
class Example:
    """A document. `variables` is JSON, empty if the document has no variables or all have defaults."""

    name: str
    query: str
    variables: str

    def as_dict(self) -> dict[str, Any]:
        """The example as a JSON object for the pages."""
        return asdict(self)


def load_examples() -> list[Example]:
    """All examples, in the order of their file names `<number>-<name>`."""
    return [_load(path) for path in sorted(FOLDER.glob("*.graphql"))]


def _load(path: Path) -> Example:
    variables = path.with_suffix(".json")
    _, _, name = path.stem.partition("-")
    return Example(
        name=name.replace("-", " "),
        query=path.read_text("utf-8"),
        variables=variables.read_text("utf-8") if variables.exists() else "",
    )
