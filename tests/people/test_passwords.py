"""What is kept of a password, what one must not be, and what we make ourselves."""

from __future__ import annotations

import math
import unicodedata

import pytest
from argon2 import extract_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from legalmap.model import LANGS
from legalmap.people import passphrase, passwords
from legalmap.people.strength import SHORTEST, weakness


def test_a_password_is_kept_as_argon2id_with_the_parameters_of_owasp() -> None:
    for kept in (passwords.hashed("жарык тоо суусу"), passwords._NOBODYS):
        found = extract_parameters(kept)
        assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == ("ID", 19456, 2, 1)
        assert not passwords.is_old(kept)
    assert passwords.is_old(
        "$argon2id$v=19$m=4096,t=2,p=1$IQ4Tvq7mowObhLlFtmoa3A$BFTVwuEd85FdKOfHvoS0A6jZxj/yUrCkq/LVJmEQE9Q"
    )


def test_a_password_is_right_however_its_letters_are_composed() -> None:
    kept = passwords.hashed(unicodedata.normalize("NFC", "йүңө ﬁ Å"))
    assert passwords.is_right(kept, unicodedata.normalize("NFD", "йүңө ﬁ Å"))
    assert not passwords.is_right(kept, "йүңө ﬁ A")


@pytest.mark.parametrize("password", ["", "\0", "a\0b", "\ud800", "x" * 1000, "ﷺ" * 1000, "🦊"])
def test_any_text_can_be_proved_and_only_itself_is_right(password: str) -> None:
    kept = passwords.hashed(password)
    assert passwords.is_right(kept, password)
    assert not passwords.is_right(kept, password + "x")
    assert not passwords.is_right(None, password)


def test_what_is_too_long_is_wrong_and_never_hashed() -> None:
    with pytest.raises(ValueError, match="long"):
        passwords.hashed("x" * 1001)
    assert not passwords.is_right(passwords.hashed(""), "x" * 10_000_000)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_short"), ("y" * 14, "password_short"), ("x" * 1001, "password_long"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_repeated"), ("abcdeabcdeabcdeabcde", "password_repeated"),
        ("кыргыз-кыргыз-кыргыз", "password_repeated"), ("31081991 31081991", "password_repeated"),
        ("1234567890987654321", "password_common"), ("8432 9917 4402 1183", "password_common"),
        ("password12345678", "password_common"), ("P4ssw0rd-Qwerty-99", "password_common"),
        ("Legalmap2026!!!!", "password_common"), ("qwertyuiop[]asdfgh", "password_common"),
        ("йцукенгшщзхъ1234567", "password_common"), ("кыргызстан бишкек 1991", "password_common"),
        ("Жакын-Жакын-Юрист-2026", "password_common"), ("Токтогулов-Токтогулов1", "password_name"),
        ("ТоктогуловТокт", "password_short"), ("токтогулов 199133 ок", "password_name"),
        ("бул менин кичинекей уйум", ""), ("correct horse battery staple", ""), ("пароль от зелёной калитки", ""),
    ],
)  # fmt: skip
def test_what_anybody_would_try_is_refused(password: str, code: str) -> None:
    assert weakness(password, "Токтогулов.Б") == code


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=1100), st.text(max_size=45))
def test_every_text_is_judged_in_words_that_there_are(password: str, name: str) -> None:
    from legalmap.model import Problem
    from legalmap.wording import word

    code = weakness(password, name)
    for lang in LANGS:
        assert not code or word(Problem(code=code, level="error"), lang) != code


@pytest.mark.parametrize("lang", LANGS)
def test_a_passphrase_has_50_bits_and_passes_our_own_rules(lang: str) -> None:
    words = passphrase.words(lang)
    assert passphrase.COUNT[lang] * math.log2(len(words)) >= 50
    assert len(set(words)) == len(words)
    alphabet = "abcdefghijklmnopqrstuvwxyz" if lang == "en" else "абвгдежзийклмнопрстуфхцчшщъыьэюя"
    assert all(set(word) <= set(alphabet) and 3 <= len(word) <= 9 for word in words)
    made = {passphrase.make(lang) for _ in range(200)}
    assert len(made) == 200
    assert {weakness(one, "Айгүл") for one in made} == {""}
    assert all(len(one) >= SHORTEST for one in made)
