"""The way to a slip: nothing is kept before consent, nobody reads another's, what is hidden stays hidden."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from legalmap import create_app
from legalmap.people import accounts
from legalmap.referrals import codes
from legalmap.routes.staff import way
from legalmap.store import audit, users
from legalmap.store.referrals import ReferralStore
from tests.committee import BEGIN, BOARD, HIDDEN, Walk, a_desk, join, settings_of
from tests.desk.conftest import TestDesk
from tests.staff import post, staff_client

UNKNOWN = codes.with_check("12345678901")
STEPS = ("danger", "hurt", "age", "place", "needs", "when", "who", "never", "cards", "consent", "paper", "done")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    return a_desk(tmp_path_factory.mktemp("way") / "instance")


@pytest.fixture(scope="module")
def app(desk: TestDesk) -> Flask:
    made = create_app(settings_of(desk))
    made.config["SERVER_NAME"] = None
    return made


def member(app: Flask, name: str, committee: str = "kochkor", *, coordinator: bool = False) -> Walk:
    join(app.extensions["store"], name, committee, coordinator=coordinator)
    return Walk(staff_client(app, "committee", name))


@pytest.fixture(scope="module")
def walker(app: Flask) -> Walk:
    return member(app, "aigul", coordinator=True)


@pytest.fixture(scope="module")
def other(app: Flask) -> Walk:
    return member(app, "baktygul")


def rows(desk: TestDesk) -> list[tuple[object, ...]]:
    with ReferralStore.of(desk.settings).reading() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM referrals"))]


def number(desk: TestDesk, center: str) -> int:
    return desk.records[center].number


def test_nothing_is_kept_until_they_agreed_and_then_once_however_often_it_is_sent(desk: TestDesk, walker: Walk) -> None:
    before = rows(desk)
    walker.to_cards(needs=("legal",))
    walker.say(answer=f"{number(desk, 'near')}:expected")
    assert "макул болсо" in walker.refused()
    walker.say(consent="1")
    assert rows(desk) == before
    asked = walker.address
    walker.say(paper="number")
    first = walker.code
    walker.address = asked  # Back, and the other answer
    walker.say(paper="paper")
    assert walker.code == first
    assert len(rows(desk)) == len(before) + 1


def test_the_state_on_the_row_is_what_the_center_said_and_coarse(desk: TestDesk, walker: Walk) -> None:
    for answer, state in (("expected", "accepted"), ("chosen", "open")):
        before = rows(desk)
        walker.to_cards(needs=("legal", "documents")).to_slip(answer, center=number(desk, "near"))
        (made,) = [row for row in rows(desk) if row not in before]
        assert state in made
        assert number(desk, "near") in made
        assert number(desk, "town") in made, "the next one"
        assert "documents legal" in made
        told = " ".join(map(str, made))
        assert "aigul" not in told
        assert "Кочкор" not in told
        assert walker.code.replace("-", "") not in told


def test_every_screen_asks_one_thing_and_no_field_takes_free_words_but_the_place_and_the_number(walker: Walk) -> None:
    walker.begin()
    pages = [walker.page]
    answers: tuple[dict[str, str], ...] = (
        {"answer": "on"},
        {"answer": "yes"},
        {"answer": "on"},
        {"answer": "yes"},
        {"answer": "on"},
        {"place": "Кочкор", "away": "1"},
        {"need": "legal"},
        {"urgency": "3d"},
        {"children": "1", "son": "9", "language": "uz", "access": "wheelchair"},
        {},
    )
    for given in answers:
        walker.say(**given)
        pages.append(walker.page)
    walker.to_slip()
    pages += [walker.page, walker.board, walker.client.get(walker.handle).text]
    typed = {
        name
        for page in pages
        for name in re.findall(r'<(?:input type="text"|input(?! type)|textarea)[^>]*?name="(\w+)"', page)
    }
    assert typed == {"place", "code"}
    assert all(page.count("<h1") == 1 for page in pages)
    kinds = {kind for page in pages for kind in re.findall(r'<input type="(\w+)"', page)}
    assert kinds <= {"hidden", "checkbox", "text"}


def test_no_address_holds_a_word_and_all_have_one_length(walker: Walk) -> None:
    walker.seen.clear()
    walker.to_cards(son="12").to_slip()
    sealed = {address.rsplit("/", 1)[1] for address in walker.seen}
    assert len({len(token) for token in sealed}) == 1
    assert not [token for token in sealed if re.search("kochkor|legal|shelter|кочкор", token, re.IGNORECASE)]


def test_going_back_shows_the_answers_and_each_step_has_its_own_way_back(walker: Walk) -> None:
    walker.to_cards(needs=("legal", "documents"))
    found: list[str] = []
    while True:
        page = walker.page
        back = re.search(r'class="to-board" href="([^"]+)"', page)
        assert back
        if "need" in re.findall(r'type="checkbox" name="(\w+)"', page):
            found = re.findall(r'value="(\w+)" checked', page)
        if back[1] == BOARD:
            break
        walker.address = back[1]
    assert found == ["legal", "documents"]


def test_an_address_of_the_way_opens_for_its_own_session_alone_and_for_two_hours(
    walker: Walk, other: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker.to_cards()
    assert other.client.get(walker.address).headers["Location"] == BOARD
    walker.to_slip()
    assert other.client.get(f"{walker.address}/slip").headers["Location"] == BOARD
    for none in (walker.address[:-3] + "abc", f"{BEGIN}/x", f"{BEGIN}/%D0%B0"):
        assert walker.client.get(none).headers["Location"] == BOARD
        assert "кайра баштаңыз" in walker.board
    assert walker.client.get(walker.address).status_code == 200
    monkeypatch.setattr(way, "LIFETIME", -1)
    assert walker.client.get(walker.address).headers["Location"] == BOARD


@pytest.mark.parametrize(
    ("step", "fields", "status"),
    [
        (3, {"place": ""}, 303),
        (3, {"place": "Жокжерайылы\x00'\"><script>"}, 303),
        (3, {"place_id": "9" * 40}, 303),
        (3, {"oblast": "KG-XX"}, 303),
        (4, {}, 303),
        (4, {"need": "money"}, 303),
        (5, {"urgency": "never"}, 303),
        (6, {"language": "xx"}, 400),
        (6, {"son": "-1"}, 400),
        (6, {"son": "99"}, 400),
        (6, {"son": "٩"}, 400),
        (6, {"son": "9" * 5000}, 400),
        (8, {"answer": "999999:expected"}, 303),
        (8, {"answer": "1:lost"}, 400),
        (8, {"answer": ""}, 400),
        (10, {"paper": "stone"}, 303),
    ],
)
def test_what_does_not_answer_is_said_in_words_or_refused(
    walker: Walk, step: int, fields: dict[str, str], status: int
) -> None:
    usual: tuple[dict[str, str], ...] = (
        {"answer": "on"},
        {"answer": "no"},
        {"answer": "no"},
        {"place": "Кочкор"},
        {"need": "legal"},
        {"urgency": "now"},
        {},
        {},
    )
    walker.begin()
    for given in usual[:step]:
        walker.say(**given)
    if step > 8:
        walker.to_slip_until_paper()
    answer = walker.post(**fields)
    assert answer.status_code == status
    assert walker.client.get(walker.address).status_code == 200, "nothing is lost"
    if status == 303:
        walker.refused(**fields)
        assert "<script>" not in walker.page


def test_an_ambiguous_place_is_asked_and_an_oblast_is_enough(walker: Walk) -> None:
    walker.begin().say(answer="on").say(answer="no").say(answer="no")
    before = walker.address
    walker.say(place="Ак-Суу", away="1")
    page = walker.page
    assert "Кайсынысы?" in page
    assert 'name="away" value="1" checked' in page
    choices = re.findall(r'name="place_id" value="(\d+)"', page)
    assert len(choices) > 1
    walker.say(place_id=choices[-1], away="1")
    assert 'name="need"' in walker.page
    walker.address = before
    walker.say(oblast="KG-N").say(need="legal").say(urgency="2w").say().say()
    assert "Кочкор кеңеш борбору" in walker.page
    assert " км" not in walker.page


def test_hidden_ones_have_neither_address_nor_distance_and_no_court_of_elders_is_named(
    desk: TestDesk, walker: Walk
) -> None:
    walker.to_cards(needs=("shelter", "police", "legal"))
    page = walker.page
    group = page[page.index("Телефон аркылуу гана") :]
    assert "Канарейка үйү" in group
    assert "+996 555 12 34 56" in group
    assert not [word for word in HIDDEN[1:4] if word in page]
    assert "Аксакалдар" not in page
    assert "Кочкор милициясы" in page
    walker.to_cards(needs=("shelter",), son="13")
    assert "Мындай жаштагы уул балдарды" in walker.page


def test_where_they_must_not_be_sent_is_never_offered_again(desk: TestDesk, walker: Walk) -> None:
    walker.to_cards(needs=("legal",))
    back = re.search(r'class="to-board" href="([^"]+)"', walker.page)
    assert back
    walker.address = back[1]
    walker.say(never=[str(number(desk, "near")), "424242", "x", "9" * 5000])
    assert "Кочкор кеңеш борбору" not in walker.page
    assert "башкасын тандаңыз" in walker.refused(answer=f"{number(desk, 'near')}:expected")
    before = rows(desk)
    walker.to_slip()
    assert "Кочкор кеңеш борбору" not in walker.page
    (made,) = [row for row in rows(desk) if row not in before]
    assert number(desk, "near") not in made


def test_who_said_no_stands_last_and_is_not_the_next_one(desk: TestDesk, walker: Walk) -> None:
    walker.to_cards(needs=("legal",))
    walker.say(answer=f"{number(desk, 'near')}:no_places")
    page = walker.page
    assert page.index("Нарын борбору") < page.index("Кочкор кеңеш борбору")
    walker.to_slip(center=number(desk, "town"))
    referral = walker.client.get(walker.handle).text
    assert "Нарын борбору" in referral


@pytest.mark.parametrize("lang", ["ky", "ru", "en"])
def test_the_slip_of_a_hidden_center_has_its_phone_and_a_neutral_name_alone(
    desk: TestDesk, walker: Walk, lang: str
) -> None:
    walker.to_cards(needs=("shelter",)).to_slip(center=number(desk, "quiet"))
    slip = walker.client.get(f"{walker.address}/slip".replace("/ky/", f"/{lang}/"))
    assert slip.status_code == 200
    name = {"ky": "Кеңеш", "ru": "Консультация", "en": "Advice"}[lang]
    heading = {"ky": "Маалымат барагы", "ru": "Памятка", "en": "Information sheet"}[lang]
    text = re.sub(r"<nav.*?</nav>", "", slip.text, flags=re.DOTALL)
    assert f"<h2>{name}</h2>" in text
    assert f"<h1>{heading}</h1>" in text
    assert f"<title>{heading}</title>" in text
    assert walker.code in text
    assert "+996 555 12 34 56" in text
    assert not [
        word
        for word in (*HIDDEN, "<svg", "KG-N", "Нарын", "Naryn", "Жакын", "Рядом")
        if word in text.replace(walker.code, "")
    ]


def test_the_slip_of_an_open_center_says_the_way_the_hours_and_has_a_code_to_scan(desk: TestDesk, walker: Walk) -> None:
    walker.to_cards(needs=("legal",)).to_slip(center=number(desk, "near"))
    slip = re.sub(r"<nav.*?</nav>", "", walker.client.get(f"{walker.address}/slip").text, flags=re.DOTALL)
    assert "Орозбаков" in slip
    assert "+996 353 55 12 34" in slip
    assert "09:00" in slip
    assert not re.search(
        r"зомбул|насил|violen|форма|form\b", re.sub(r"<head>.*?</head>", "", slip, flags=re.DOTALL), re.IGNORECASE
    )


def test_without_paper_there_is_no_slip(desk: TestDesk, walker: Walk) -> None:
    for paper in ("nothing", "number"):
        walker.to_cards(needs=("legal",)).to_slip(paper=paper)
        assert walker.client.get(f"{walker.address}/slip").status_code == 404
        assert "/slip" not in walker.page


def test_a_member_sees_their_own_alone_and_a_coordinator_labels_and_clocks(
    desk: TestDesk, walker: Walk, other: Walk, app: Flask
) -> None:
    other.to_cards(needs=("shelter",)).to_slip(center=number(desk, "quiet"))
    handle = other.handle
    label = re.search(r'class="label">([^<]+)<', other.client.get(handle).text)
    assert label
    for answer in (
        walker.client.get(handle),
        walker.client.get(handle[:-1] + "0"),
        post(walker.client, f"{handle}/answer", page=BOARD, answer="expected"),
        post(walker.client, f"{handle}/withdraw", page=BOARD),
    ):
        assert answer.status_code == 404
    board = walker.board
    whole = board[board.index('id="all"') :]
    assert label[1] in whole
    assert label[1] not in board[: board.index('id="all"')]
    assert handle not in board
    assert "Канарейка" not in whole
    stranger = member(app, "stranger", "other")
    assert label[1] not in stranger.board
    assert stranger.client.get(handle).status_code == 404


def test_an_answer_is_written_down_and_taking_consent_back_leaves_nothing(desk: TestDesk, walker: Walk) -> None:
    walker.to_cards(needs=("legal",)).to_slip("chosen", paper="nothing")
    handle, before = walker.handle, len(rows(desk))
    said = post(walker.client, f"{handle}/answer", page=handle, answer="no_places")
    assert said.status_code == 303
    page = walker.client.get(handle).text
    assert "Кабыл ала алышпайт" in page
    assert "Кийинкиси" in page
    assert post(walker.client, f"{handle}/next", page=handle).status_code == 400, "nobody agreed to the next center"
    assert post(walker.client, f"{handle}/next", page=handle, consent="1").status_code == 303
    page = walker.client.get(handle).text
    assert "Жиберилди" in page
    assert page.count("<article") == 1
    assert post(walker.client, f"{handle}/next", page=handle, consent="1").status_code == 303, "a second press"
    assert walker.client.get(handle).text.count("<article") == 1
    assert post(walker.client, f"{handle}/answer", page=handle, answer="lost").status_code == 400
    assert post(walker.client, f"{handle}/withdraw", page=handle).status_code == 303
    assert walker.client.get(handle).status_code == 404
    assert len(rows(desk)) == before - 1
    for address in walker.seen[-2:]:  # Back, and the same form again
        assert walker.client.get(address).headers["Location"] == BOARD


def test_consent_is_taken_back_by_the_number_at_any_member(desk: TestDesk, walker: Walk, other: Walk) -> None:
    walker.to_cards(needs=("legal",)).to_slip("chosen")
    handle, code, before = walker.handle, walker.code, len(rows(desk))
    page = f"{BOARD}/withdraw"
    assert page in other.board
    mistyped = post(other.client, page, code=code[:-1] + str((int(code[-1]) + 1) % 10))
    assert mistyped.status_code == 400
    assert 'role="alert"' in mistyped.text
    assert len(rows(desk)) == before
    told = []
    for typed in (code, code, UNKNOWN):  # there, gone by now, never there: one answer
        answer = post(other.client, page, code=typed)
        told.append((answer.status_code, answer.headers.get("Location"), re.findall(r"<p.*?</p>", other.board)[:2]))
    assert told[0] == told[1] == told[2]
    assert told[0][0] == 303
    assert len(rows(desk)) == before - 1
    assert walker.client.get(handle).status_code == 404
    assert walker.client.get(walker.address).status_code == 404
    statuses = [post(other.client, page, code=UNKNOWN).status_code for _ in range(3)]
    assert statuses == [303, 303, 429]


def test_the_sheet_is_shown_once_more_to_who_still_has_the_number(desk: TestDesk, walker: Walk, other: Walk) -> None:
    walker.to_cards(needs=("legal",)).to_slip("chosen", center=number(desk, "near"))
    handle, code = walker.handle, walker.code
    post(walker.client, f"{handle}/answer", page=handle, answer="no_places")
    post(walker.client, f"{handle}/next", page=handle, consent="1")
    wrong = [post(walker.client, f"{handle}/sheet", page=handle, code=typed) for typed in ("12", UNKNOWN)]
    assert [answer.status_code for answer in wrong] == [400, 400]
    assert all('role="alert"' in answer.text for answer in wrong)
    assert post(other.client, f"{handle}/sheet", page=BOARD, code=code).status_code == 404
    answer = post(walker.client, f"{handle}/sheet", page=handle, code=code)
    assert answer.status_code == 303
    assert code.replace("-", "") not in answer.headers["Location"]
    slip = walker.client.get(answer.headers["Location"]).text
    assert code in slip
    assert "Нарын борбору" in slip, "the next center, with the old number"
    assert "Орозбаков" not in slip
    assert other.client.get(answer.headers["Location"]).status_code == 303


def test_the_audit_says_who_did_what_kind_of_thing_on_which_day_and_no_more(desk: TestDesk, walker: Walk) -> None:
    walker.to_cards(needs=("shelter",)).to_slip(center=number(desk, "quiet"))
    handle = walker.handle
    walker.client.get(handle)
    walker.client.get(handle)
    post(walker.client, f"{handle}/withdraw", page=handle)
    with desk.desk.store.reading() as connection:
        lines = [line for line in audit.entries(connection) if line.who == "web:aigul" and line.what != "signed_in"]
    assert {line.what for line in lines} >= {"board_viewed", "referral_viewed", "referral_made", "referral_withdrawn"}
    assert {line.subject for line in lines} == {""}
    assert {line.at[11:] for line in lines} == {"18:00:00+00:00"}, "midnight in Bishkek"
    assert [line.what for line in lines].count("referral_viewed") == 1


def test_who_has_no_committee_is_told_whom_to_ask(app: Flask) -> None:
    store = app.extensions["store"]
    join(store, "lonely", "kochkor")
    with store.writing() as connection:  # as a user of an older program
        users.change(connection, accounts.named(connection, "lonely").id, committee="")
    client = staff_client(app, "committee", "lonely")
    for path in (BOARD, BEGIN):
        answer = client.get(path, follow_redirects=True)
        assert "админ" in answer.text.lower()
        assert "Жаңы жолдомо" not in answer.text


def test_steps_of_a_protection_order_each_say_their_source_and_that_nobody_made_sure(walker: Walk) -> None:
    page = walker.client.get(f"{BOARD}/order").text
    assert page.count("текшерилген эмес") == page.count("<li><p>") >= 5
    assert "№ 63 (27.04.2017), §§ 25–29" in page


def test_there_are_as_many_templates_as_steps() -> None:
    assert way.STEPS == STEPS


def test_back_after_the_slip_and_another_center_leads_there_and_the_first_one_is_forgotten(
    desk: TestDesk, walker: Walk
) -> None:
    before = rows(desk)
    walker.to_cards(needs=("legal",))
    cards = walker.address
    walker.to_slip("chosen", center=number(desk, "near"))
    code = walker.code
    walker.address = walker.seen[-2]  # the browser's Back, to the question about paper, and from there to the cards
    while 'name="answer" value=' not in walker.page:
        back = re.search(r'class="to-board" href="([^"]+)"', walker.page)
        assert back
        walker.address = back[1]
    walker.to_slip("chosen", center=number(desk, "town"))
    assert walker.code == code
    (made,) = [row for row in rows(desk) if row not in before]
    assert number(desk, "town") in made
    assert "Нарын борбору" in walker.client.get(f"{walker.address}/slip").text
    walker.address = cards
    assert "Кайда жиберебиз?" in walker.page, "the way before it stays open"


def test_what_was_taken_back_elsewhere_is_not_made_again_by_back(desk: TestDesk, walker: Walk, app: Flask) -> None:
    walker.to_cards(needs=("legal",)).to_slip("chosen")
    before, paper, code = rows(desk), walker.seen[-2], walker.code
    colleague = member(app, "dinara")
    assert post(colleague.client, f"{BOARD}/withdraw", code=code).status_code == 303
    walker.address = paper
    assert walker.post(paper="paper").headers["Location"] == BOARD
    assert "кайтарып алынган" in walker.board
    assert len(rows(desk)) == len(before) - 1


def test_a_center_that_closes_on_the_way_is_said_and_another_is_chosen(desk: TestDesk, walker: Walk) -> None:
    near, town = number(desk, "near"), number(desk, "town")
    walker.to_cards(needs=("legal",))
    cards = walker.address
    walker.say(answer=f"{near}:chosen").say(consent="1")
    paper = walker.address
    walker.to_cards(needs=("legal",)).to_slip("chosen", center=near)
    slip = f"{walker.address}/slip"
    walker.to_cards(needs=("legal",)).to_slip("chosen", center=town)
    handle = walker.handle
    post(walker.client, f"{handle}/answer", page=handle, answer="no_places")
    assert "Кийинкиси" in walker.client.get(handle).text
    try:
        assert desk.bring("id,status\nnear,closed\n", accept=("all",)).applied
        walker.address = cards
        assert "башкасын тандаңыз" in walker.refused(answer=f"{near}:chosen")
        walker.address = paper
        moved = walker.client.get(paper)
        assert moved.status_code == 303
        assert "башкасын тандаңыз" in walker.client.get(moved.headers["Location"]).text
        assert walker.client.get(slip).headers["Location"].startswith(f"{BOARD}/referral/")
        assert "тизмеде жок" in walker.client.get(walker.client.get(slip).headers["Location"]).text
        assert "Кийинкиси" not in walker.client.get(handle).text
        post(walker.client, f"{handle}/next", page=handle, consent="1")
        assert "Нарын борбору" in walker.client.get(handle).text, "nobody is passed on to a closed one"
    finally:
        assert desk.bring("id,status\nnear,active\n", accept=("all",)).applied


def test_after_the_slip_the_address_holds_what_the_slip_needs_alone(walker: Walk, app: Flask) -> None:
    walker.to_cards(needs=("legal", "shelter"), son="9").to_slip()
    token = walker.client.get_cookie("staff")
    assert token
    with app.test_request_context(walker.address, headers={"Cookie": f"staff={token.value}"}):
        made = way.opened(walker.address.rsplit("/", 1)[1])
    assert (made.step, made.paper) == ("done", "paper")
    assert made == made.made
    assert (made.place_id, made.needs, made.son, made.answers, made.first) == ("", (), -1, (), 0)


def test_a_town_called_as_its_oblast_is_asked(walker: Walk) -> None:
    walker.begin().say(answer="on").say(answer="no").say(answer="no").say(place="Нарын")
    assert 'name="place_id"' in walker.page
    assert 'value="KG-N"' in walker.page
    walker.begin().say(answer="on").say(answer="no").say(answer="no").say(place="Нарын облусу")
    assert 'name="need"' in walker.page


def test_the_slip_of_a_hidden_center_says_not_what_to_bring_and_without_a_number_there_is_none(
    desk: TestDesk, walker: Walk
) -> None:
    quiet = number(desk, "quiet")
    assert desk.bring("id,bring_ky\nquiet,Милициядан кагаз\n", accept=("all",)).applied
    walker.to_cards(needs=("shelter",)).to_slip("chosen", center=quiet)
    assert "Милициядан" not in walker.client.get(f"{walker.address}/slip").text
    slip = f"{walker.address}/slip"
    try:
        assert desk.bring("id,phones\nquiet,-\n", accept=("all",)).applied
        assert walker.client.get(slip).status_code == 303
        walker.to_cards(needs=("shelter",)).say(answer=f"{quiet}:chosen").say(consent="1")
        assert 'value="number"' in walker.page
        assert 'value="paper"' not in walker.page
    finally:
        assert desk.bring("id,phones,bring_ky\nquiet,0555 123 456,-\n", accept=("all",)).applied


def test_what_nobody_may_do_leaves_no_line_and_a_double_press_one(desk: TestDesk, walker: Walk, other: Walk) -> None:
    other.to_cards(needs=("legal",)).to_slip()
    handle, paper = other.handle, other.seen[-2]

    def told() -> list[tuple[str, str]]:
        with desk.desk.store.reading() as connection:
            return [(line.who, line.what) for line in audit.entries(connection) if line.what.startswith("referral_")]

    before = told()
    for act in ("answer", "next", "withdraw"):
        post(walker.client, f"{handle}/{act}", page=BOARD, answer="expected", consent="1")
    other.address = paper
    for _press in range(3):
        assert other.post(paper="paper").status_code == 303
    assert told() == before
