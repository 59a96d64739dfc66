"""Where the console's blocking work runs: the event loop serves every open page and must never wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

# Two pools: a gateway that hangs may hold up all of the first, and the database must still be read.
_GATEWAY_THREADS, _DATABASE_THREADS = 16, 16
_gateway = ThreadPoolExecutor(_GATEWAY_THREADS, "gateway")
_database = ThreadPoolExecutor(_DATABASE_THREADS, "database")


async def in_thread[**P, R](work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Run something that reads or writes the database, or computes for long."""
    return await asyncio.get_running_loop().run_in_executor(_database, partial(work, *arguments, **named))


async def at_gateway[**P, R](work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Run something that asks the gateway."""
    return await asyncio.get_running_loop().run_in_executor(_gateway, partial(work, *arguments, **named))
