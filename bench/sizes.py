"""Shows what somebody who listens on the line, and cannot read it, learns from the size of an answer.

    python bench/sizes.py [--n 61|500] [--check]

For each place of the shipped gazetteer the results page of a search, and for each center its page, as they go out
(brotli, headers that differ included): how many sizes there are, and in how many answers one hides among on average,
when the size is not padded and when it is padded to steps. What the phone answers by itself asks for the same files
whatever was looked for (tests/browser/test_leaks.py), so its sizes tell nothing. `legalmap` is what the site does.
Goal: nine of ten results pages, and half of the centers' pages, have a size that at least ten others have.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from flask.testing import FlaskClient
from map import centers, site

from legalmap.desk import gazetteer
from legalmap.routes.packing import STEP

STEPS = (1, 128, 256, 512, 1024, 2048, 4096)
AMONG, RESULTS, CENTERS = 10, 0.9, 0.5


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--n", type=int, default=61)
    parser.add_argument("--check", action="store_true", help="fail where the goal is missed")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    places = tuple(gazetteer.shipped().places.by_id.values())
    with tempfile.TemporaryDirectory() as folder:
        client = site(Path(folder), centers(options.n, places), places)
        shares = [
            told(f"results of {len(places)} places", list(results(client, [place.id for place in places]))),
            told(f"pages of {options.n} centers", list(pages(client, range(1001, 1001 + options.n)))),
        ]
    good = shares[0] >= RESULTS and shares[1] >= CENTERS
    print(
        f"{'met' if good else 'MISSED'}: padded to {STEP} bytes, {shares[0]:.0%} of results and {shares[1]:.0%} of "
        f"centers' pages have a size that {AMONG} others have"
    )
    return int(options.check and not good)


def results(client: FlaskClient, ids: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Bytes of each results page, without and with padding."""
    for place in ids:
        address = client.post("/ky/search", data={"place_id": place}).headers["Location"]
        yield size(client, address)


def pages(client: FlaskClient, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The same of each center's page."""
    for number in numbers:
        yield size(client, f"/ky/centers/{number}")


def size(client: FlaskClient, address: str) -> tuple[int, int]:
    answer = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert answer.status_code == 200
    return len(answer.data), len(answer.data) + len(answer.headers.get("X-Padding", ""))


def told(name: str, sizes: Sequence[tuple[int, int]]) -> float:
    """Prints the table; the share of answers as they go out whose size at least AMONG others have."""
    print(f"\n{name}: {min(size for size, _ in sizes)} to {max(size for size, _ in sizes)} bytes")
    print("padded to    sizes   one hides among   costs, bytes on average")
    for step in STEPS:
        line(f"{step:9}", [-(-plain // step) * step for plain, _ in sizes], sizes)
    counts = line(" legalmap", [padded for _, padded in sizes], sizes)
    return sum(count for count in counts.values() if count > AMONG) / len(sizes)


def line(name: str, padded: Sequence[int], sizes: Sequence[tuple[int, int]]) -> Counter[int]:
    counts = Counter(padded)
    among = sum(count * count for count in counts.values()) / len(padded)
    cost = (sum(padded) - sum(plain for plain, _ in sizes)) / len(padded)
    print(f"{name} {len(counts):8} {among:17.1f} {cost:12.0f}")
    return counts


if __name__ == "__main__":
    sys.exit(main())
