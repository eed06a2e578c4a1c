"""What programs are promised (OpenAPI) holds for whatever they send: schemathesis makes it up, good and bad."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

from legalmap import create_app
from legalmap.config import Settings

PLAIN = {"Accept-Encoding": "identity"}
"""This client unpacks nothing."""


@pytest.fixture(scope="module")
def app(instance: Path) -> Flask:
    return create_app(Settings(instance=instance))


def answers(app: Flask, mode: GenerationMode, path: str, many: int) -> Counter[int]:
    """How often each status came; raises when one is not described, or its content is not as described."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    (operation,) = [one for found in schema.get_all_operations() if (one := found.ok()).path == path]
    got = Counter[int]()

    @settings(
        max_examples=many, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case: Case) -> None:
        got[case.call_and_validate(headers=PLAIN).status_code] += 1

    answered()
    return got


many = pytest.mark.parametrize("many", [100, pytest.param(3_000, marks=[pytest.mark.long, pytest.mark.timeout(1800)])])


@many
def test_what_is_asked_as_described_is_answered_as_described(app: Flask, many: int) -> None:
    assert set(answers(app, GenerationMode.POSITIVE, "/api/v1/nearest", many)) == {200}


@many
def test_what_is_asked_otherwise_is_refused_as_described(app: Flask, many: int) -> None:
    got = answers(app, GenerationMode.NEGATIVE, "/api/v1/nearest", many)
    assert got[400] > many / 4
    assert set(got) <= {400, 411, 413, 415}


@pytest.mark.parametrize("path", ["/directory.json", "/readyz", "/livez"])
def test_all_else_for_programs_is_as_described(app: Flask, path: str) -> None:
    assert set(answers(app, GenerationMode.POSITIVE, path, 1)) == {200}


def test_all_addresses_for_programs_are_described(app: Flask) -> None:
    described = set(schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).raw_schema["paths"])
    served = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert served == {*described, "/api/v1/openapi.json"}
