"""The settings of an operator, read from environment variables."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from service.issuer_settings import IssuerSettings
from service.values.origins import parse_origins

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "OKRGRAPH_"
MAX_PORT = 65_535
MAX_POOL_SIZE = 10_000
MAX_WORKERS = 256
# Postgres timeouts are 32-bit milliseconds, and 0 means no limit.
MIN_SECONDS = 0.001
MAX_SECONDS = 1_000_000
DRIVER = "postgresql+asyncpg"
SCHEMES = ("postgres", "postgresql", DRIVER)
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# Allowed options of a URL with their values, empty if any value is allowed. The driver calls `sslmode` `ssl`.
URL_OPTIONS: dict[str, tuple[str, ...]] = {
    "host": (),
    "passfile": (),
    "port": (),
    "prepared_statement_cache_size": (),
    "service": (),
    "servicefile": (),
    "ssl": SSL_MODES,
    "sslmode": SSL_MODES,
    "target_session_attrs": ("any", "primary", "standby", "read-write", "read-only", "prefer-standby"),
}


def parse_database_url(text: str) -> URL:
    """A database URL with the driver that the service uses. Raises ValueError.

    The messages do not repeat the URL, which may contain a password.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("it is not a URL") from None
    if url.drivername not in SCHEMES:
        raise ValueError(f"its scheme is {url.drivername}")
    for option, value in url.query.items():
        if option not in URL_OPTIONS:
            raise ValueError(f"it has the option {option}, and only {', '.join(URL_OPTIONS)} can be used")
        if URL_OPTIONS[option] and value not in URL_OPTIONS[option]:
            raise ValueError(f"its {option} is none of {', '.join(URL_OPTIONS[option])}")
    if "sslmode" in url.query:
        url = url.update_query_dict({"ssl": url.query["sslmode"]}).difference_update_query(["sslmode"])
    url = url.set(drivername=DRIVER)
    _check_arguments(url)
    return url


def _check_arguments(url: URL) -> None:
    """Raises ValueError if the driver cannot be called with the parts of a URL."""
    try:
        arguments = _driver_arguments(url)
    except (ArgumentError, ValueError):
        raise ValueError("its hosts, ports or numbers do not fit") from None
    ports = arguments.get("port", [])
    if any(not 1 <= port <= MAX_PORT for port in (ports if isinstance(ports, list) else [ports])):
        raise ValueError(f"its port is not from 1 to {MAX_PORT}")


def _driver_arguments(url: URL) -> dict[str, Any]:
    _, arguments = url.get_dialect()().create_connect_args(url)
    return dict(arguments)


def connect_arguments(url: str) -> dict[str, Any]:
    """The arguments of `asyncpg.connect` for an SQLAlchemy URL."""
    arguments = _driver_arguments(make_url(url))
    # An option of SQLAlchemy, unknown to asyncpg.
    arguments.pop("prepared_statement_cache_size", None)
    return arguments


def _checked_database_url(text: str) -> str:
    parse_database_url(text)
    return text


DatabaseUrl = Annotated[str, AfterValidator(_checked_database_url)]
Seconds = Annotated[float, Field(ge=MIN_SECONDS, le=MAX_SECONDS, allow_inf_nan=False)]
LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    BeforeValidator(lambda level: level.upper() if isinstance(level, str) else level),
]


class Settings(IssuerSettings):
    """Every variable is `OKRGRAPH_` plus the name in upper case, except `PORT` and `HOST`. Empty ones are not set.

    Raises pydantic's ValidationError for values that cannot be used.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True)

    database_url: DatabaseUrl | None = Field(
        default=None, description="Postgres 15+; without it an embedded one is started"
    )
    read_database_url: DatabaseUrl | None = Field(
        default=None, description="a replica for queries; default: the database"
    )
    replica_lag_limit: Seconds = Field(
        default=5.0, description="seconds the replica may be behind before queries are read from the database"
    )
    migrate_database_url: DatabaseUrl | None = Field(
        default=None, description="login that migrates; default: the database"
    )
    migrate_login_roles: bool = Field(
        default=False, description="lets the two roles log in, as nodes of Citus do; for `migrate`"
    )
    data_folder: Path = Field(default=ROOT / ".okrgraph", description="where the embedded Postgres keeps its data")
    host: str = Field(default="127.0.0.1", validation_alias="HOST", description="address to listen on")
    port: int = Field(default=8000, validation_alias="PORT", ge=1, le=MAX_PORT, description="port to listen on")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="origins whose pages may call the API, separated by commas, or *; none by default"
    )
    explorer: bool = Field(default=False, description="serves browsers a page to explore the API with, at /graphql")
    workers: int = Field(default=1, ge=1, le=MAX_WORKERS, description="processes that serve requests, on one port")
    log_level: LogLevel = Field(default="INFO", description="least severe level that is logged")

    executor: Literal["breadth-first", "graphql-core"] = Field(
        default="breadth-first", description="how documents are executed; the answers are the same"
    )
    pool_size: int = Field(
        default=10, ge=1, le=MAX_POOL_SIZE, description="database connections of one process, beside one for API keys"
    )
    pool_timeout: Seconds = Field(default=2.0, description="seconds to wait for a connection before 503")
    tenant_share: float = Field(
        default=0.7, gt=0, le=1, description="part of the connections one organization may hold; 1 for the only one"
    )
    operation_timeout: Seconds = Field(default=10.0, description="seconds one operation may take")
    import_timeout: Seconds = Field(
        default=60.0, description="seconds a `workspaceImport` or `cycleCarryOver` may take"
    )
    statement_timeout: Seconds = Field(default=5.0, description="seconds one SQL statement may take")
    lock_timeout: Seconds = Field(default=2.0, description="seconds to wait for a row that another request changes")
    plan_cache_mode: Literal["auto", "force_custom_plan", "force_generic_plan"] = Field(
        default="force_generic_plan", description="how Postgres plans prepared statements; `auto` for Citus"
    )
    body_limit: int = Field(default=1_000_000, ge=1, description="bytes of a request body")
    bulk_body_limit: int = Field(default=5_000_000, ge=1, description="bytes of the body of a bulk input")
    body_timeout: Seconds = Field(default=10.0, description="seconds a request body may take to arrive")
    header_timeout: Seconds = Field(
        default=10.0, description="seconds the headers of a request may take to arrive, and a connection be silent"
    )
    keep_alive_timeout: Seconds = Field(default=5.0, description="seconds a connection stays open after an answer")
    connection_limit: int = Field(default=800, ge=1, description="open connections of clients to one process")
    shutdown_timeout: int = Field(
        default=8, ge=1, le=MAX_SECONDS, description="seconds open requests are given when stopping"
    )
    key_cache_seconds: float = Field(
        default=1.0,
        ge=0,
        le=MAX_SECONDS,
        allow_inf_nan=False,
        description="how long a checked API key or token is remembered",
    )

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _parse_cors_origins(cls, value: object) -> object:
        return parse_origins(value) if isinstance(value, str) else value


def variable_of(field: str) -> str:
    """The variable that sets a field of Settings."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else PREFIX + field.upper()
