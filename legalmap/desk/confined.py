"""Runs work on what strangers send in a child process with limits, so that no file can take the machine down."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

CPU_SECONDS = 20
WALL_SECONDS = 60.0
"""Also for a child that waits: nothing it does should."""
MORE_MEMORY = 512 * 2**20
"""Bytes of address space beyond what the process has when it starts."""

T = TypeVar("T")


class TooHeavy(Exception):
    """The work needed more time or memory than it may have."""


Tell = Callable[[str], None]
"""Says how far a piece of work is."""


def confined(work: Callable[[Tell], T], hear: Tell = lambda _: None) -> T:
    """The result of `work`, which must be picklable, computed in a child that ends with it. What `work` raises is
    raised here; what it tells on its way is heard here. Raises TooHeavy past CPU_SECONDS, WALL_SECONDS of silence or
    MORE_MEMORY. `work` must touch no connection that is open here: the child has a copy of it."""
    context = multiprocessing.get_context("fork")  # the child needs what the parent has read, and only reads it
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(work, sender, receiver), daemon=True)
    with warnings.catch_warnings():
        # the threads that Python warns of belong to the linear algebra library, and rest
        warnings.simplefilter("ignore", DeprecationWarning)
        child.start()
    sender.close()
    try:
        while True:
            if not receiver.poll(WALL_SECONDS):
                raise TooHeavy
            outcome, value = receiver.recv()
            if outcome != "told":
                break
            hear(value)
    except (EOFError, MemoryError) as fault:
        raise TooHeavy from fault
    finally:
        receiver.close()
        child.kill()
        child.join()
    if outcome == "raised":
        raise value
    result: T = value
    return result


def _run(work: Callable[[Tell], T], sender: Connection, receiver: Connection) -> None:
    receiver.close()  # else a child whose parent was killed would wait for itself to read
    gc.freeze()  # to look for garbage in what the parent holds would copy all of it
    try:
        limit(CPU_SECONDS, MORE_MEMORY)
        sender.send(("done", work(lambda word: sender.send(("told", word)))))
    except (MemoryError, BrokenPipeError):
        os._exit(1)  # the parent sees the end of the pipe, or is there no more
    except Exception as fault:  # whatever it is, it is the caller's to handle
        sender.send(("raised", fault))


def limit(cpu_seconds: int, more_memory: int) -> None:
    """From now on this process may work for so long, and use so many bytes beyond those it has."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    pages = Path("/proc/self/statm")
    if pages.exists():
        most = int(pages.read_text(encoding="ascii").split()[0]) * resource.getpagesize() + more_memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
