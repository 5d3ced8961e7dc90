"""Over real sockets: connections have a limit in number and in time, and nobody who is served has to go."""

import asyncio
import time

from tests.http.sockets import GET, HELLO, Serve, Server, answered, error, is_closed, pour


async def test_half_a_head_is_waited_for_so_long_and_no_longer(serve: Serve) -> None:
    async with serve(header_timeout=0.3) as server:
        silent, half, trickling = [await server.connect() for _ in range(3)]
        half[1].write(GET)
        late = error("REQUEST_TIMEOUT", "The headers did not arrive in time.")

        async def trickle() -> None:
            trickling[1].write(GET + b"X: ")
            for _ in range(30):
                trickling[1].write(b"a")
                await asyncio.sleep(0.1)

        task = asyncio.create_task(trickle())
        assert await is_closed(silent[0])
        for reader, _ in (half, trickling):
            assert (await answered(reader))[::2] == (408, late)
            assert await is_closed(reader)
        task.cancel()
        for _, writer in (silent, half, trickling):
            writer.close()
        await server.has_connections(0)


async def test_a_connection_is_kept_for_so_long_after_an_answer(serve: Serve) -> None:
    async with serve(keep_alive=0.3, header_timeout=0.5) as server:
        reader, writer = await server.connect()
        for _ in range(2):
            writer.write(HELLO)
            assert (await answered(reader))[0] == 200
        assert await is_closed(reader)
        # What is no request and no end of one does not keep it open either.
        reader, writer = await server.connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000\r\n\r\n")
        assert (await answered(reader))[0] == 405
        for _ in range(10):
            writer.write(b"a")
            await asyncio.sleep(0.1)
        assert await is_closed(reader)
        await server.has_connections(0)


async def test_those_who_say_nothing_make_room(serve: Serve) -> None:
    async with serve(connections=3) as server:
        silent = [await server.connect() for _ in range(3)]
        served = await server.connect()
        served[1].write(HELLO)
        assert (await answered(served[0]))[0] == 200
        # The oldest went; the others did not have to.
        assert await is_closed(silent[0][0])
        silent[1][1].write(HELLO)
        assert (await answered(silent[1][0]))[0] == 200
        newcomer = await server.connect()
        assert await is_closed(silent[2][0])
        assert len(server.state.connections) == 3
        newcomer[1].close()


async def test_a_crowd_that_says_nothing_keeps_nobody_out(serve: Serve) -> None:
    async with serve(connections=20) as server:
        crowd = [await server.connect() for _ in range(200)]
        for _ in range(20):
            assert (await server.send(HELLO))[0] == 200
        assert len(server.state.connections) <= 20
        for _, writer in crowd:
            writer.close()


async def test_nobody_who_is_served_has_to_go(serve: Serve) -> None:
    async with serve(connections=2) as server:
        served = [await server.connect() for _ in range(2)]
        for _, writer in served:
            writer.write(b"GET /wait HTTP/1.1\r\nHost: a.example\r\n\r\n")
        await asyncio.sleep(0.1)
        reader, _ = await server.connect()
        busy = error("SERVICE_UNAVAILABLE", "The service is busy: it has too many connections.")
        assert (await answered(reader))[::2] == (503, busy)
        assert await is_closed(reader)
        server.released.set()
        assert [(await answered(reader))[::2] for reader, _ in served] == [(200, b"waited")] * 2


async def test_many_requests_at_once_are_answered_in_order(server: Server) -> None:
    reader, writer = await server.connect()
    urls = [b"GET /?%d HTTP/1.1\r\nHost: a.example\r\n\r\n" % number for number in range(500)]
    too_long = b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a.example\r\n\r\n"
    writer.write(b"".join([*urls, too_long]))
    assert [(await answered(reader))[2] for _ in urls] == [b"%d 1" % number for number in range(500)]
    assert (await answered(reader))[0] == 414
    assert await is_closed(reader)


async def test_who_is_still_sending_can_read_why_it_is_refused(server: Server) -> None:
    size = 5_000_000
    reader, writer = await server.connect()
    writer.write(b"POST /refuse HTTP/1.1\r\nHost: a.example\r\nContent-Length: %d\r\n\r\n" % size)
    pouring = asyncio.create_task(pour(writer, b"a" * 65_536, size))
    await pouring
    assert (await answered(reader))[::2] == (401, b"refused")
    assert await is_closed(reader)
    writer.close()
    await server.has_connections(0)


async def test_stopping_waits_for_none_of_them(serve: Serve) -> None:
    async with serve() as server:
        streams = [await server.connect() for _ in range(3)]
        streams[1][1].write(GET)
        streams[2][1].write(b"GET /" + b"a" * 20_000)
        assert (await answered(streams[2][0]))[0] == 414
        began = time.monotonic()
    assert time.monotonic() - began < 0.9
    assert [await is_closed(reader) for reader, _ in streams] == [True] * 3
