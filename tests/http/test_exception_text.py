"""A logged exception says what and where, and repeats no value."""

import asyncpg
import pytest

from service.http.exception_text import describe, exception_text


class Own(Exception):
    """An exception of a module."""


def fail(value: str) -> None:
    raise ValueError(value)


def text_of(error: BaseException) -> str:
    return exception_text((type(error), error, error.__traceback__))


def caught(value: str) -> BaseException:
    try:
        try:
            fail(value)
        except ValueError as error:
            error.add_note(value)
            raise Own(value) from error
    except Own as error:
        return error
    raise AssertionError


def test_the_frames_and_types_of_all_causes_without_messages() -> None:
    text = text_of(caught("secret"))
    assert "secret" not in text
    first, second = text.split("The above exception was the direct cause of the following exception:")
    assert first.startswith("Traceback (most recent call last):\n")
    assert first.endswith(", in fail\n    raise ValueError(value)\nValueError\n\n")
    assert second.endswith(f"\n{__name__}.Own")


def test_what_happened_during_the_handling_of_another_one() -> None:
    value, values = "secret", dict[str, str]()
    try:
        try:
            fail(value)
        except ValueError:
            values[value].upper()
    except KeyError as error:
        text = text_of(error)
    assert "During handling of the above exception, another exception occurred:" in text
    assert text.endswith("\nKeyError")
    assert "secret" not in text


def test_groups_and_loops() -> None:
    group = ExceptionGroup("secret", [ValueError("secret"), ExceptionGroup("secret", [OSError(5, "secret")])])
    assert text_of(group).splitlines() == [
        "ExceptionGroup",
        "  | ValueError",
        "  | ExceptionGroup",
        "  |   | OSError: errno 5",
    ]
    first, second = Own("secret"), Own("secret")
    first.__cause__, second.__cause__ = second, first
    assert text_of(first).count("Own") == 2


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            AttributeError("'NoneType' object has no attribute 'id'"),
            "AttributeError: 'NoneType' object has no attribute 'id'",
        ),
        (KeyError("secret"), "KeyError"),
        (Own(), f"{__name__}.Own"),
        (TimeoutError("secret"), "TimeoutError"),
    ],
)
def test_messages_only_of_code(error: Exception, text: str) -> None:
    assert describe(error) == text


async def test_errors_of_the_database(cleaner: asyncpg.Connection) -> None:
    statements = {
        "SELECT CAST('secret' AS uuid)": "asyncpg.exceptions.InvalidTextRepresentationError: sqlstate 22P02",
        "SELECT nothing": 'asyncpg.exceptions.UndefinedColumnError: sqlstate 42703, column "nothing" does not exist',
        "DO $$ BEGIN RAISE EXCEPTION 'secret' USING DETAIL = 'secret', CONSTRAINT = 'ck_pillars'; END $$": (
            "asyncpg.exceptions.RaiseError: sqlstate P0001, constraint_name ck_pillars"
        ),
    }
    for statement, text in statements.items():
        with pytest.raises(asyncpg.PostgresError) as raised:
            await cleaner.execute(statement)
        assert describe(raised.value) == text
    with pytest.raises(asyncpg.DataError) as refused:
        await cleaner.fetch("SELECT $1::text", b"secret")
    assert "secret" in str(refused.value)
    assert describe(refused.value) == "asyncpg.exceptions.DataError: sqlstate 22000"
