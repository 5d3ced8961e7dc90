"""The settings of the server."""

from pathlib import Path

# Only part of the name of the socket: the server listens on no network address.
PORT = 5432

SERVER = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "cluster_name": "okrgraph",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "jit": "off",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_checkpoints": "off",
    # Statements of errors could have values. Their details, of failed starts too, have none of rows: row-level security
    # keeps them out.
    "log_min_error_statement": "panic",
}

THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    # The folder may be in memory, and the log is never replayed.
    "max_wal_size": "256MB",
}


def server_options(sockets: Path, throwaway: bool) -> list[str]:
    """The command line arguments of `postgres`, which take precedence over files in the data folder."""
    settings = SERVER | {"unix_socket_directories": str(sockets)} | (THROWAWAY if throwaway else {})
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
