"""Errors: a neutral page in the language of the path with the numbers to call; problem details for programs."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from tests.served import SiteMaker, search

WORDS = {
    404: ("Мындай барак жок", "Такой страницы нет", "There is no such page"),
    405: ("Бул баракты мындай колдонууга болбойт", "Этой страницей так пользоваться нельзя", "cannot be used that way"),
    413: ("Бул өтө узун", "Это слишком длинно", "That is too long"),
    400: ("Шаарды же айылды жазыңыз", "Напишите город или село", "Please write a town or village"),
}


def ask(client: FlaskClient, status: int, lang: str):  # type: ignore[no-untyped-def]
    if status == 404:
        return client.get(f"/{lang}/centers/999999")
    if status == 405:
        return client.delete(f"/{lang}/search")
    if status == 413:
        return client.post(f"/{lang}/search", data={"place": "x" * 70_000})
    return search(client, lang, place=" ")


@pytest.mark.parametrize("status", WORDS)
@pytest.mark.parametrize(("place", "lang"), [(0, "ky"), (1, "ru"), (2, "en")])
def test_an_error_is_told_in_words_with_the_numbers(client: FlaskClient, status: int, place: int, lang: str) -> None:
    answer = ask(client, status, lang)
    assert answer.status_code == status
    assert WORDS[status][place] in answer.text
    assert f'<html lang="{lang}">' in answer.text
    assert 'href="tel:112"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/ky/nowhere",
        "/xx/",
        "/ky/places/kg-x",
        "/ky/places/99",
        "/ky/centers/x",
        "/ky/centers/-1",
        "/static/site.css",
        "/static/site.0123456789abcdef.css",
        "/static/../wsgi.py",
        "/ky/found/",
        "/%ff",
        "/ky/%00",
    ],
)
def test_unknown_addresses_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_without_a_language_in_the_path_the_browser_decides(client: FlaskClient) -> None:
    assert '<html lang="ru">' in client.get("/nowhere", headers={"Accept-Language": "ru"}).text
    assert '<html lang="ky">' in client.get("/nowhere").text


def test_a_fault_is_told_in_words_and_logged_without_values(instance, capsys) -> None:  # type: ignore[no-untyped-def]
    app: Flask = create_app(Settings(instance=instance))
    told: list[str] = []

    @app.get("/ru/fault")
    def fault() -> str:
        raise ValueError("Canaryville")

    import logging

    class Listen(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(self.format(record))

    logger = logging.getLogger("legalmap.faults")
    listener = Listen()
    logger.addHandler(listener)
    try:
        answer = app.test_client().get("/ru/fault?place=Canaryville")
    finally:
        logger.removeHandler(listener)
    assert answer.status_code == 500
    assert "У нас что-то сломалось" in answer.text
    assert 'href="tel:112"' in answer.text
    assert len(told) == 1
    assert told[0].startswith("ValueError at test_errors.py:")
    assert "Canary" not in told[0] + answer.text


def test_a_fault_and_a_list_that_is_gone_have_plain_words(app: Flask) -> None:
    from legalmap.routes.errors import words

    with app.test_request_context("/ky/"):
        assert words(500)[0] == "Бизден ката кетти"
        assert words(410)[0] == "Бул тизме өчүрүлгөн"


def test_programs_get_problem_details(client: FlaskClient) -> None:
    for answer, status in (
        (client.get("/api/v1/nowhere"), 404),
        (client.get("/api/v1/nearest"), 405),
        (client.post("/directory.json"), 405),
    ):
        assert answer.status_code == status
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == status
        assert set(answer.json) == {"type", "title", "status", "detail"}


def test_a_post_without_a_length_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        "/ky/search", headers={"Transfer-Encoding": "chunked"}, environ_overrides={"CONTENT_LENGTH": ""}
    )
    assert answer.status_code == 411


def test_an_error_on_an_empty_site_still_has_the_page(site: SiteMaker) -> None:
    assert site().get("/en/nowhere").status_code == 404
