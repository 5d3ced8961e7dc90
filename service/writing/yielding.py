"""Lets others have their turn of the event loop during work on very many rows."""

import asyncio

# Rows that are worked on between two turns of others; some milliseconds.
ROWS_A_TURN = 50


async def let_others(count: int) -> None:
    """Called with the number of rows that are done, gives others a turn after every fifty."""
    if count % ROWS_A_TURN == 0:
        await asyncio.sleep(0)
