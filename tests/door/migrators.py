"""Migrates databases from several processes at the same moment, for `test_migrations_at_once.py`.

Each line of stdin is a list of URLs in JSON. The answer is one line: what each of the processes raised, or null.
"""

import json
import os
import sys

from service.all_entities import metadata
from service.postgres.alembic_revisions import newest_revision
from service.postgres.migrate import migrate


def main() -> None:
    # Imported before the fork, so that the processes migrate at the same moment.
    metadata()
    newest_revision()
    for line in sys.stdin:
        print(json.dumps(migrate_at_once(json.loads(line))), flush=True)


def migrate_at_once(urls: list[str]) -> list[str | None]:
    """The error of each migration, or None. One process for each URL."""
    gate, opening = os.pipe()
    outputs = []
    for url in urls:
        output, result = os.pipe()
        outputs.append(output)
        if os.fork() == 0:
            os.close(opening)
            # Returns in all processes at once, when the parent closes its end.
            os.read(gate, 1)
            os.write(result, json.dumps(error_of_migration(url)).encode())
            os._exit(0)
        os.close(result)
    os.close(gate)
    os.close(opening)
    results = [json.loads(os.fdopen(output).read()) for output in outputs]
    for _ in urls:
        os.wait()
    return results


def error_of_migration(url: str) -> str | None:
    try:
        migrate(url)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:1000]
    return None


if __name__ == "__main__":
    main()
