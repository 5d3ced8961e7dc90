"""What an operator can set, read once from the environment."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every variable is `OKRGRAPH_` plus the name in upper case, except `PORT` and `HOST`."""

    model_config = SettingsConfigDict(env_prefix="OKRGRAPH_", populate_by_name=True)

    database_url: str | None = Field(default=None, description="Postgres 15+; without it an embedded one is started")
    read_database_url: str | None = Field(default=None, description="a replica for queries; default: the database")
    migrate_database_url: str | None = Field(default=None, description="login that migrates; default: the database")
    data_folder: Path = Field(default=ROOT / ".okrgraph", description="where the embedded Postgres keeps its data")
    host: str = Field(default="127.0.0.1", validation_alias="HOST", description="address to listen on")
    port: int = Field(default=8000, validation_alias="PORT", description="port to listen on")
    development: bool = Field(default=False, description="serves GraphiQL at /graphql")
    log_level: str = Field(default="INFO", description="least severe level that is logged")

    executor: Literal["breadth-first", "graphql-core"] = Field(
        default="breadth-first", description="how documents are executed; the answers are the same"
    )
    pool_size: int = Field(default=10, ge=1, description="database connections of one process")
    pool_timeout: float = Field(default=2.0, gt=0, description="seconds to wait for a connection before 503")
    operation_timeout: float = Field(default=10.0, gt=0, description="seconds one operation may take")
    statement_timeout: float = Field(default=5.0, gt=0, description="seconds one SQL statement may take")
    body_limit: int = Field(default=1_000_000, gt=0, description="bytes of a request body")
    bulk_body_limit: int = Field(default=5_000_000, gt=0, description="bytes of the body of a bulk input")
    body_timeout: float = Field(default=10.0, gt=0, description="seconds a request body may take to arrive")
    shutdown_timeout: int = Field(default=8, gt=0, description="seconds open requests are given when stopping")
    key_cache_seconds: float = Field(default=10.0, ge=0, description="how long a checked API key is remembered")


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
