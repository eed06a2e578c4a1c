"""Guessing gets slower with each failure, for all workers together; nobody can be kept out by another's failures."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from legalmap.people.keys import Keys
from legalmap.store import Connection, attempts
from legalmap.store.attempts import Tries

DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """`free` failures cost nothing; each further one doubles the wait, from 1 second up to `longest`."""

    free: int
    longest: int

    def seconds(self, failed: int) -> int:
        """The wait after so many failures."""
        return 0 if failed < self.free else min(self.longest, 2 ** min(failed - self.free, 20))


OF_PAIR = Growth(free=3, longest=900)
"""One name from one network: about 110 guesses a day."""
OF_NETWORK = Growth(free=30, longest=30)
"""All names from one network. It does not hold a name that came in from there today or yesterday."""
OF_NAME = Growth(free=20, longest=5)
"""One name from everywhere, measured from each network's own last failure: others' tries hold nobody."""
OF_FACTOR = Growth(free=5, longest=900)
"""The second factor of one person from everywhere: who tries knows the password already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comer:
    """Who tries: the name as typed, folded, and where from. Kept as HMACs of the day, so that the database tells
    neither, nor whether it was the same one yesterday."""

    keys: Keys
    name: str
    network: str
    now: int

    def key(self, kind: str, *, days_ago: int = 0) -> str:
        """Where the tries of `kind` are counted: pair, network, name, good, or factor."""
        name = "" if kind == "network" else self.name
        network = "" if kind in {"name", "factor"} else self.network
        return self.keys.mac("tries", kind, name, network, str(self.now // DAY - days_ago))


def network_of(address: str) -> str:
    """The /24 or /64 of an address; "" for none (a socket in a file)."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    found = mapped or found
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 64}", strict=False))


def admit(connection: Connection, comer: Comer) -> int:
    """Seconds that the comer must still wait; 0: the try may be judged, and is counted as failed until `came_in`.

    To be called in a writing transaction, so that of many tries at once each sees those before it.
    """
    attempts.forget(connection, comer.now - 2 * DAY)
    pair, network, name = (attempts.of(connection, comer.key(kind)) for kind in ("pair", "network", "name"))
    wait = _left(max(OF_PAIR.seconds(pair.failed), OF_NAME.seconds(name.failed)), pair, comer.now)
    if not _came_in_lately(connection, comer):
        wait = max(wait, _left(OF_NETWORK.seconds(network.failed), network, comer.now))
    if wait == 0:
        for kind, tries in (("pair", pair), ("network", network), ("name", name)):
            attempts.put(connection, comer.key(kind), Tries(failed=tries.failed + 1, last=comer.now))
    return wait


def came_in(connection: Connection, comer: Comer) -> None:
    """The try that `admit` let through was right."""
    attempts.drop(connection, comer.key("pair"))
    for kind in ("network", "name"):
        tries = attempts.of(connection, comer.key(kind))
        attempts.put(connection, comer.key(kind), Tries(failed=max(0, tries.failed - 1), last=tries.last))
    attempts.put(connection, comer.key("good"), Tries(last=comer.now))


def admit_code(connection: Connection, comer: Comer) -> int:
    """Like `admit`, for a code of the second factor; `comer.name` is the user's id."""
    tries = attempts.of(connection, comer.key("factor"))
    wait = _left(OF_FACTOR.seconds(tries.failed), tries, comer.now)
    if wait == 0:
        attempts.put(connection, comer.key("factor"), Tries(failed=tries.failed + 1, last=comer.now))
    return wait


def code_was_right(connection: Connection, comer: Comer) -> None:
    """The code that `admit_code` let through was right."""
    attempts.drop(connection, comer.key("factor"))


def _came_in_lately(connection: Connection, comer: Comer) -> bool:
    return any(attempts.of(connection, comer.key("good", days_ago=days)).last for days in (0, 1))


def _left(wait: int, tries: Tries, now: int) -> int:
    # a clock that went back must not hold anybody longer than the wait itself
    return max(0, min(wait, tries.last + wait - now)) if wait and tries.last else 0
