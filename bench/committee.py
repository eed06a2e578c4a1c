"""Shows how long a member waits for a page when the committees have much under way.

    python bench/committee.py [--check]

300 members of 27 committees made 5,000 referrals. Each page is asked for so many times by a member in turn; median and
99th percentile in ms, the server's own work (Flask's test client). Goal: 99 % under 100 ms.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path

from flask.testing import FlaskClient

from legalmap import create_app, resources
from legalmap.config import Settings
from legalmap.desk.instance import make_instance
from legalmap.people import sessions
from legalmap.referrals import Referrals, kept
from legalmap.referrals.sights import Wanted
from legalmap.store import Store, committees, users
from legalmap.store.committees import Committee
from legalmap.store.users import User

MEMBERS, COMMITTEES, REFERRALS, TIMES, GOAL = 300, 27, 5_000, 40, 100.0
BOARD = "/ky/staff/committee"


def fill(settings: Settings) -> list[str]:
    """Makes the committees, members and referrals; a token of each member's browser."""
    store, now = Store.of(settings), dt.datetime.now(dt.UTC)
    people, tokens = [], []
    with store.writing() as connection:
        for place in range(COMMITTEES):
            name = f"Комитет {place}"
            committees.add(connection, Committee(id=f"c{place}", name_ky=name, oblast="KG-N", rayon="kochkor"))
        for place in range(MEMBERS):
            user = User(
                id=f"{place:032x}", name=f"m{place}", role="committee", lang="ky", made=1,
                committee=f"c{place % COMMITTEES}", coordinator=place < COMMITTEES,
            )  # fmt: skip
            users.add(connection, user, user.name, "")
            people.append(user)
            tokens.append(sessions.begin(connection, user, "whole", int(now.timestamp()))[0])
    referrals = Referrals.of(settings)
    with referrals.writing() as connection:
        for place in range(REFERRALS):
            user = people[place % MEMBERS]
            wanted = Wanted(first=1001, needs=frozenset({"legal"}), urgency="3d", oblast="KG-N", lang="ky")
            token = secrets.token_urlsafe(12)
            kept.create(connection, referrals.keys, user.id, user.committee, token, wanted, now)
    return tokens


def way(client: FlaskClient) -> dict[str, str]:
    """Addresses of pages by name, as a member comes to them."""
    found = {"board": BOARD, "order": f"{BOARD}/order"}
    address = client.get(f"{BOARD}/new").headers["Location"]
    answers: tuple[dict[str, str], ...] = (
        {"answer": "on"}, {"answer": "no"}, {"answer": "no"}, {"place": "Кочкор"}, {"need": "shelter"},
        {"urgency": "now"}, {}, {},
    )  # fmt: skip
    names = ("danger", "hurt", "age", "place", "needs", "when", "who", "where not")
    for name, given in zip(names, answers, strict=True):
        found[name] = address
        page = client.get(address).text
        token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
        address = client.post(address, data={**given, "csrf_token": token}).headers["Location"]
    found["cards"] = address
    found["one"] = re.findall(rf'href="({BOARD}/referral/[0-9a-f]+)"', client.get(BOARD).text)[0]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail where the goal is missed")
    check = parser.parse_args().check
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder) / "instance", https=False)
        store = make_instance(settings)
        from legalmap.desk.acts import Desk
        from legalmap.desk.plan_file import Wanted as Import

        sample = (resources.folder("geodata") / "centers.csv").read_bytes()
        desk = Desk(store=store, settings=settings, who="bench", now=dt.datetime.now(dt.UTC))
        desk.import_file(sample, "centers.csv", Import(apply=True, accept=frozenset({"all"})))
        tokens = fill(settings)
        app = create_app(settings)
        clients = []
        for token in tokens[:10]:
            clients.append(app.test_client())
            clients[-1].set_cookie("staff", token)
        pages = [way(client) for client in clients]
        for name in pages[0]:
            spent = []
            for turn in range(TIMES):
                began = time.perf_counter()
                status = clients[turn % 10].get(pages[turn % 10][name]).status_code
                spent.append((time.perf_counter() - began) * 1000)
                assert status == 200, name
            worst = statistics.quantiles(spent, n=100)[98]
            print(f"{name:10} median {statistics.median(spent):6.1f} ms   p99 {worst:6.1f} ms")
            missed += [name] if worst > GOAL else []
    print(f"{MEMBERS} members, {REFERRALS} referrals: " + (f"missed: {', '.join(missed)}" if missed else "met"))
    return 1 if check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
