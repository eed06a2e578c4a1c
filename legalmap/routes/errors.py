"""What is answered when something goes wrong: a neutral page in words, or problem details for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Flask, Response, json, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from legalmap.directory.editions import NoEdition
from legalmap.routes.phrases import _
from legalmap.routes.sealing import NoKey

_FOR_PROGRAMS = ("/api/", "/directory.json", "/livez", "/readyz")


def problem(status: int, detail: str, errors: Sequence[Mapping[str, str]] = ()) -> Response:
    """An RFC 9457 answer. `errors`: one object with `field` and `detail` per field that was wrong."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = list(errors)
    return Response(json.dumps(body), status, content_type="application/problem+json")


def words(status: int) -> tuple[str, str]:
    """What happened and what to do, in the page's language."""
    known = {
        400: (_("This could not be read"), _("Please go back and try again.")),
        404: (_("There is no such page"), _("The address may be mistyped, or the page is gone.")),
        405: (_("This page cannot be used that way"), _("Please start from the first page.")),
        410: (_("This list is no longer kept"), _("For your safety lists disappear. Please search again.")),
        413: (_("That is too long"), _("Please go back and write it shorter.")),
        503: (_("The list cannot be shown just now"), _("Please try again a little later, or call.")),
    }
    if status in known:
        return known[status]
    return known[400] if status < 500 else (_("Something went wrong here"), _("It is not your fault. Try later."))


def page(status: int) -> tuple[str, int]:
    """The page for `status`, neutral, with the numbers to call and a way on."""
    heading, advice = words(status)
    return render_template("errors/error.html", heading=heading, advice=advice, status=status), status


def prepare(app: Flask) -> None:
    """Answers every HTTP error and every fault of `app`."""

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int] | AnyResponse:
        status = error.code or 500
        if status < 400:
            return error.get_response()
        if request.path.startswith(_FOR_PROGRAMS):
            answer: AnyResponse = problem(status, _DETAILS.get(status, HTTPStatus(status).phrase))
        else:
            answer = app.make_response(page(status))
        if error.code == 405 and (allowed := error.get_response().headers.get("Allow")):
            answer.headers["Allow"] = allowed
        return answer

    @app.errorhandler(NoEdition)
    @app.errorhandler(NoKey)
    def not_ready(error: Exception) -> tuple[str, int] | Response:
        if request.path.startswith(_FOR_PROGRAMS):
            return problem(503, "No edition of the directory is published yet.")
        return page(503)


_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    411: "The request must say its Content-Length.",
    413: "The body of the request is too large.",
}
