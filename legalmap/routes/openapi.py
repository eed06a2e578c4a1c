"""What programs may ask and what they are answered, as OpenAPI 3.1: made from the words the answers are made of."""

from __future__ import annotations

from typing import Any

from legalmap import model
from legalmap.directory.notices import WHATS
from legalmap.routes.wanted import FLAGS, K_DEFAULT, K_MAX, LISTS

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_DAY: Schema = {"type": "string", "pattern": r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_MINUTE: Schema = {"type": "integer", "minimum": 0, "maximum": 10080}
_INTERVALS: Schema = {"type": "array", "items": {"type": "array", "items": _MINUTE, "minItems": 2, "maxItems": 2}}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(values: tuple[str, ...], *, known: bool = True) -> Schema:
    return {"type": "string", "enum": [*values] if known else ["", *values]}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _whole(properties: Schema, description: str = "", required: tuple[str, ...] | None = None) -> Schema:
    """An object that has these properties and no other ones."""
    told = {"description": description} if description else {}
    needed = sorted(properties) if required is None else [*required]
    return {
        "type": "object",
        **told,
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def _degrees(limit: int) -> Schema:
    return {"type": "number", "minimum": -limit, "maximum": limit}


_TEXTS = ("address", "directions", "services", "bring", "note")


def _center() -> Schema:
    """What both the whole list and an answer tell of a center, but for its texts."""
    return {
        "number": {**_COUNT, "description": "in the path of its page"},
        "id": _TEXT,
        "kind": _one_of(model.KINDS),
        "status": _one_of(model.STATUSES),
        "show_location": _one_of(model.SHOW_LOCATION),
        "oblast": _one_of(model.OBLASTS, known=False),
        **dict.fromkeys(("rayon", "settlement", "place_id", "whatsapp", "email", "website", "source"), _TEXT),
        "lat": _or_null(_degrees(90)),
        "lon": _or_null(_degrees(180)),
        "approximate": {**_FLAG, "description": "the point is the settlement's"},
        "phones": _list(_whole({"number": _TEXT, "label": _TEXT})),
        "hours": _or_null(_ref("Hours")),
        "phone_hours": _or_null(_ref("Hours")),
        "languages": _list(_one_of(model.LANGUAGES)),
        "topics": _list(_one_of(model.TOPICS)),
        "needs": _list(_one_of(model.NEEDS)),
        "groups": _list(_one_of(model.GROUPS)),
        "access": _list(_one_of(model.ACCESS)),
        "admission": _list(_TEXT),
        "area": _list(_TEXT),
        "fee": {**_one_of(model.FEES, known=False), "description": "empty: not known, never free"},
        "rank": _or_null({"type": "integer"}),
        **dict.fromkeys(("source_date", "verified_on", "hours_verified_on"), _DAY),
        "verified_by": _one_of(model.VERIFIED_BY, known=False),
    }


def _found() -> Schema:
    """A center of an answer: its texts are in one language, and it has a distance and a state."""
    texts = {name: _TEXT for stem in ("name", *_TEXTS) for name in (stem, f"{stem}_lang")}
    return _whole(
        {
            **_center(), **texts,
            "meters": _or_null({"type": "number", "minimum": 0}),
            "open": {**_or_null(_FLAG), "description": "null: hours are not known"},
            "hours_verified": {**_FLAG, "description": "false: say no more than open by the timetable"},
            "open_until": _or_null(_MOMENT),
            "opens": _or_null(_MOMENT),
            "stale": {**_FLAG, "description": "nobody verified it and its source is old"},
            "ask_first": {**_FLAG, "description": "nobody should travel there without a call"},
            "notice": _or_null(_whole({"what": _one_of(WHATS), "until": {"type": "string", "format": "date"}})),
        },
        "A center as the answer to a search; meters along the WGS84 geodesic, null without a public point.",
    )  # fmt: skip


def _asked() -> Schema:
    properties: Schema = {
        "lat": _degrees(90),
        "lon": _degrees(180),
        "k": {"type": "integer", "minimum": 1, "maximum": K_MAX, "default": K_DEFAULT},
        "lang": {**_one_of(model.LANGS), "default": model.LANGS[0]},
        **{name: _list(_one_of(values)) for name, (_, values) in LISTS.items()},
        **{name: {**_FLAG, "default": False} for name in FLAGS},
    }
    return _whole(
        properties, "A position and what is wanted: filters are ANDed, the values of one are ORed.", ("lat", "lon")
    )


def _schemas() -> Schema:
    text = _whole(dict.fromkeys((*model.LANGS, "und"), _TEXT), "By language; und: nobody named the language.", ())
    said = _whole({"key": _TEXT, "text": _ref("Text"), "source": _TEXT, "verified_on": _DAY})
    records = {name: _ref("Text") for name in ("name", *_TEXTS)}
    wrong = _whole({"field": _TEXT, "detail": _TEXT})
    hours = {"text": _TEXT, "weekly": _INTERVALS, "exceptions": {"type": "object", "additionalProperties": _INTERVALS}}
    return {
        "Asked": _asked(),
        "Text": text,
        "Hours": _whole(hours, "Minutes of the week from Monday 00:00, of the day on dated exceptions; Asia/Bishkek."),
        "Found": _found(),
        "Answer": _whole(
            {"edition": _COUNT, "more": _COUNT, "centers": _list(_ref("Found")), "more_without_point": _COUNT}
        ),
        "Center": _whole({**_center(), **records}, "A center with every public field in all languages."),
        "Directory": _whole(
            {"edition": _COUNT, "content_sha256": _TEXT, "published_at": _MOMENT, "source_note": _TEXT,
             "texts": _list(said), "centers": _list(_ref("Center"))}
        ),
        "Ready": _whole(
            {"ready": _FLAG, "edition": _or_null(_COUNT), "alarm": _or_null(_TEXT), "wants": _list(_TEXT),
             "node": {"type": "object"}},
            "alarm: what is wrong with the edition; wants: what the doctor would call a person for.",
            ("ready", "edition", "alarm"),
        ),
        "Problem": _whole(
            {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT, "errors": _list(wrong)},
            "RFC 9457; errors names each field that cannot be used.",
            ("type", "title", "status", "detail"),
        ),
    }  # fmt: skip


def _answers(told: dict[int, tuple[str, str, str]]) -> Schema:
    """Responses by status: (description, media type, schema's name; "" for none)."""
    return {
        str(status): {
            "description": description,
            "content": {kind: {"schema": _ref(name) if name else _TEXT}} if kind else {},
        }
        for status, (description, kind, name) in told.items()
    }


_PROBLEM = "application/problem+json", "Problem"


def document() -> Schema:
    """The OpenAPI 3.1 description of all that is meant for programs: JSON-ready."""
    nearest = _answers({
        200: ("The k nearest, then at most k without a point.", "application/json", "Answer"),
        400: ("The body cannot be read, or some fields cannot be used.", *_PROBLEM),
        411: ("The request does not say how long it is.", *_PROBLEM),
        413: ("The request is too long.", *_PROBLEM),
        415: ("The body is not called JSON.", *_PROBLEM),
        503: ("No edition is published yet.", *_PROBLEM),
    })  # fmt: skip
    directory = _answers({
        200: ("Every public field in all languages, closed centers too.", "application/json", "Directory"),
        304: ("As you have it: your If-None-Match still holds.", "", ""),
        503: ("No edition is published yet.", *_PROBLEM),
    })  # fmt: skip
    ready = _answers({
        200: ("It has an edition and a key.", "application/json", "Ready"),
        503: ("It has not.", "application/json", "Ready"),
    })  # fmt: skip
    body = {"required": True, "content": {"application/json": {"schema": _ref("Asked")}}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Legalmap",
            "version": "1",
            "description": "Free legal aid in Kyrgyzstan. Nothing posted is kept. Hidden addresses are in no answer.",
        },
        "paths": {
            "/api/v1/nearest": {
                "post": {"operationId": "nearest", "summary": "The nearest centers of a position",
                         "requestBody": body, "responses": nearest},
            },
            "/directory.json": {
                "get": {"operationId": "directory", "summary": "The whole list", "responses": directory},
            },
            "/readyz": {
                "get": {"operationId": "ready", "summary": "Whether this process can answer", "responses": ready},
            },
            "/livez": {
                "get": {"operationId": "live", "summary": "Whether this process is there",
                        "responses": _answers({200: ("It is.", "text/plain", "")})},
            },
        },
        "components": {"schemas": _schemas()},
    }  # fmt: skip
