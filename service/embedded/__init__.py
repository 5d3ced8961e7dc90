"""The embedded Postgres, started by the first process that needs it and stopped by the last one that leaves."""

from service.embedded.cluster import Cluster
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.running import running
from service.embedded.supervisor import supervised
from service.embedded.throwaway import throwaway_folder

__all__ = ["Cluster", "EmbeddedPostgresError", "running", "supervised", "throwaway_folder"]
