"""How far the work on a file is, in words and percent."""

from __future__ import annotations

from typing import Any

from legalmap.desk.jobs import problem_of
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import frame
from legalmap.store import jobs
from legalmap.wording import word


def of(job_id: str) -> dict[str, Any]:
    """`percent` and `words` of a job; `fault` when it failed."""
    with frame.store().reading() as connection:
        job = jobs.find(connection, job_id)
    problem = problem_of(job) if job else None
    step, _space, count = (job.progress if job else "").partition(" ")
    done, _slash, whole = count.partition("/")
    share = int(done) / int(whole) if whole and int(whole) else 0.0
    percent = {"reading": 5, "checking": 10 + round(70 * share), "comparing": 85, "writing": 40, "publishing": 75}
    words = {
        "reading": _("Reading the file …"), "checking": _("Checking rows: %(n)s", n=count.replace("/", " / ")),
        "comparing": _("Comparing with the directory …"), "writing": _("Writing …"), "publishing": _("Publishing …"),
    }  # fmt: skip
    return {
        "percent": percent.get(step, 2),
        "words": words.get(step, _("Waiting …")),
        "fault": word(problem, page.language()) if problem else "",
    }
