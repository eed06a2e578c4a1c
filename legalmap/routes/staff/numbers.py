"""How much help was asked for: the country's numbers for admins, the own committee's for its members."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask import Response, render_template

from legalmap.desk.reading.formulas import guarded
from legalmap.model import NEEDS, OBLASTS
from legalmap.people import audit
from legalmap.referrals import kept, numbers
from legalmap.referrals.counted import OUTCOMES
from legalmap.referrals.numbers import LEAST, Quarter
from legalmap.routes import page
from legalmap.routes.staff import door, frame, members
from legalmap.wording import label

of_admins = door.guarded("admin_numbers", __name__, "/admin/numbers")
of_members = door.guarded("committee_numbers", __name__, "/committee/numbers")
FEW = f"<{LEAST}"
"""What stands for a number that is not told."""


@of_admins.get("")
def country() -> str:
    """Every quarter of which nothing is left but its counts: by oblast, by need and how it ended."""
    return render_template(
        "admin/numbers.html", quarters=_quarters(), oblasts=OBLASTS, needs=NEEDS, outcomes=OUTCOMES, few=FEW
    )


@of_admins.post("/table")
def table() -> Response:
    """The same cells as CSV; that it was taken stands in the audit."""
    with frame.store().writing() as connection:
        audit.add(connection, who=f"web:{door.person().name}", what="exported", subject="numbers", now=door.now())
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("quarter", "oblast", "need", "outcome", "count"))
    for quarter in _quarters():
        writer.writerows(tuple(map(guarded, row)) for row in _rows(quarter, page.language()))
    answer = Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="jakyn-numbers-{door.now():%Y-%m-%d}.csv"'
    return answer


@of_members.get("")
def own() -> str:
    """The own committee's years, and what is open: what a member made, and for a coordinator what they see anyway."""
    committee, person = members.committee(), door.person()
    with members.referrals().reading() as connection:
        years = numbers.of_committee(connection, committee.id)
        mine = kept.mine(connection, members.keys(), person.id, committee.id, door.now())
        clocks = kept.of_committee(connection, committee.id, door.now()) if person.coordinator else ()
    return render_template(
        "committee/numbers.html", committee_name=members.name(committee), years=years, few=FEW,
        mine=sum(one.state == "open" for one in mine),
        open=sum(one.state == "open" for one in clocks) if person.coordinator else None,
    )  # fmt: skip


def _quarters() -> list[Quarter]:
    with members.referrals().reading() as connection:
        return list(numbers.of_country(connection))


def _rows(quarter: Quarter, lang: str) -> Iterator[tuple[str, str, str, str, str]]:
    for oblast, count in quarter.oblasts.items():
        yield quarter.name, label("oblast", oblast, lang), "", "", _told(count)
    for (need, outcome), count in quarter.needs.items():
        names = label("need", need, lang), label("referral.outcome", outcome, lang)
        yield quarter.name, "", *names, _told(count)


def _told(count: int | None) -> str:
    return FEW if count is None else str(count)
