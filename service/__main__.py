"""The command line: `okrgraph`. Also the main module of workers, which import no commands."""

from service.cli.imports import without_collection


def main() -> None:
    """The entry point of the package."""
    with without_collection():
        from service.cli.commands import app
    app()


if __name__ == "__main__":
    main()
