"""The settings that the server is started with."""

from pathlib import Path

# It only names the socket: the server listens on no network address.
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
}

THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    # The folder may lie in memory: keep little of what is never going to be replayed.
    "max_wal_size": "256MB",
}


def server_options(sockets: Path, throwaway: bool) -> list[str]:
    """The command line arguments of `postgres`, which nothing in the data folder overrides."""
    settings = SERVER | {"unix_socket_directories": str(sockets)} | (THROWAWAY if throwaway else {})
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
