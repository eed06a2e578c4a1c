"""What the desk is doing beside: jobs with how far they are, and whether all is public."""

from __future__ import annotations

from flask import Response, json, render_template

from legalmap.desk.jobs import mend, problem_of
from legalmap.hours import BISHKEK
from legalmap.routes import page
from legalmap.routes.staff import door, frame
from legalmap.store import jobs
from legalmap.wording import word

blueprint = door.guarded("admin_jobs", __name__, "/admin/jobs")


@blueprint.get("")
def index() -> str:
    """The last jobs; what died is begun anew."""
    mend(frame.store(), frame.settings())
    with frame.store().reading() as connection:
        found = jobs.latest(connection)
    shown = [(job, job.asked.astimezone(BISHKEK), _fault(job)) for job in found[:50]]
    return render_template("admin/jobs.html", jobs=shown)


@blueprint.get("/shown")
def shown() -> Response:
    """For the page's own script: whether what the acts asked for is public."""
    state = frame.shown()
    return Response(json.dumps({"behind": state.behind, "failed": state.failed}), content_type="application/json")


def _fault(job: jobs.Job) -> str:
    problem = problem_of(job)
    return word(problem, page.language()) if problem else ""
