"""The commands `audit-export` and `audit-prune`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from service.audit.derivations import Derived
from service.audit.exporting import audit_lines
from service.audit.kinds import AuditEventKind
from service.audit.queries import ALL_TIME
from service.audit.rows import INSERT, insert, row_of_viewer, rows_parameter
from service.cli.configuration import settings
from service.cli.connection import normalize_url, now, operator, resolve_organization, with_database
from service.cli.console import console
from service.cli.files import STANDARD, open_output
from service.cli.organizations import Organization
from service.postgres.database import WRITE, Database
from service.postgres.transaction_settings import BULK_SETTINGS, OWNER_ROLE
from service.reading.reader import Reader
from service.values.parsing import to_json_value
from service.writing.driver_statements import changed_rows

MAX_DAYS = 36_500
DELETE_BEFORE = "DELETE FROM audit_events WHERE organization_id = $1 AND recorded_at < $2"


async def record_export(database: Database, organization_id: UUID, content: str) -> None:
    """Commits the audit event of an export, before anything is read. Raises errors of the database.

    It takes no lock of the organization, which a long import may hold.
    """
    derived = Derived(AuditEventKind.EXPORTED, code=content)
    await insert(database, organization_id, [row_of_viewer(operator(organization_id), now(), derived)])


def export_audit_events(
    file: Annotated[Path, typer.Argument(help="File to write; - for standard output.")] = STANDARD,
    since: Annotated[
        datetime | None, typer.Option(help="Only those from this time on, UTC; all of them by default.")
    ] = None,
    organization: Organization = None,
) -> None:
    """Write the audit events of an organization as JSON Lines, the oldest first, as the API shows them.

    Nothing reads them back. The export itself is an audit event, and the last one in the file.
    """

    async def run(database: Database) -> int:
        organization_id = await resolve_organization(database, organization)
        await record_export(database, organization_id, "AUDIT_EVENTS")
        reader = Reader(database, organization_id, database.primary)
        count = 0
        try:
            with open_output(file) as write:
                async for line in audit_lines(reader, since.replace(tzinfo=UTC) if since else ALL_TIME):
                    write(line)
                    count += 1
        finally:
            await reader.close()
        return count

    console.print(f"{with_database(run)} audit events.")


def prune(
    older_than_days: Annotated[
        int, typer.Option("--older-than-days", min=1, max=MAX_DAYS, help="Age in days of the audit events to delete.")
    ],
    organization: Organization = None,
) -> None:
    """Delete the audit events of an organization that are older than some days; that is an audit event, too.

    Needs the login for migrations, OKRGRAPH_MIGRATE_DATABASE_URL, as the service itself may not delete.
    """
    before = now() - timedelta(days=older_than_days)

    async def run(database: Database) -> int:
        organization_id = await resolve_organization(database, organization)
        url = settings().migrate_database_url
        if not url:
            return await delete_before(database, organization_id, before)
        deleting = Database(settings(), normalize_url(url))
        try:
            return await delete_before(deleting, organization_id, before)
        finally:
            await deleting.dispose()

    console.print(f"{with_database(run)} audit events are deleted.")


async def delete_before(database: Database, organization_id: UUID, before: datetime) -> int:
    """Deletes the audit events of before a time; the number of rows. The login has to be one of the owner's."""
    # Row-level security applies to the owner, too. No lock of the organization: its changes go on.
    role = f"SET LOCAL ROLE {OWNER_ROLE}"
    async with database.open_connection(
        database.primary, WRITE, organization_id, role, settings=BULK_SETTINGS, only_read=False
    ) as pooled:
        count = changed_rows(await pooled.driver.execute(DELETE_BEFORE, organization_id, before))
        if count:
            details = {"before": to_json_value(before), "rows": count}
            row = row_of_viewer(operator(organization_id), now(), Derived(AuditEventKind.AUDIT_PRUNED, details=details))
            await pooled.driver.execute(INSERT, organization_id, rows_parameter([row]))
        return count
