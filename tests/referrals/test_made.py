"""An instance has its referrals and their key, or says in words what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from legalmap import create_app
from legalmap.config import Settings, SettingsError, read_settings
from legalmap.desk.doctor import examine
from legalmap.desk.instance import make_instance
from legalmap.model import LANGS, Problem
from legalmap.referrals import Referrals
from legalmap.store import StoreError
from legalmap.wording import word
from tests.desk.conftest import TestDesk
from tests.referrals.test_kept import make, one
from tests.staff import staff_client


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(instance=tmp_path / "instance", https=False)
    make_instance(made)
    return made


def fault_of(settings: Settings) -> str:
    """What opening says, which has words in each language."""
    with pytest.raises(StoreError) as fault, Referrals.of(settings).reading():
        pass
    said = Problem(code=fault.value.code, level="error", params={"detail": fault.value.detail})
    assert len({word(said, lang) for lang in LANGS}) == 3
    return fault.value.code


def refused(settings: Settings) -> str:
    with pytest.raises(StoreError) as fault:
        make_instance(settings)
    said = Problem(code=fault.value.code, level="error", params={"detail": fault.value.detail})
    assert str(settings.referrals_key) in word(said, "ky")
    return fault.value.code


def told(settings: Settings) -> tuple[bool, str]:
    return next((check.ok, check.detail) for check in examine(settings) if check.name == "referrals")


def test_an_instance_of_an_older_program_gets_them_by_init_and_works_before(settings: Settings) -> None:
    for path in (settings.referrals_key, settings.instance / "referrals.db"):
        path.unlink()
    assert fault_of(settings) == "referrals_missing"
    assert told(settings) == (False, f"referrals_missing: {(settings.instance / 'referrals.db').resolve()}")
    client = create_app(settings).test_client()
    assert client.get("/ky/staff/signin").status_code == 200
    make_instance(settings)
    assert told(settings) == (True, "SQLite, mode 600; key referrals.key")
    assert settings.referrals_key.stat().st_mode & 0o777 == 0o600
    referrals = Referrals.of(settings)
    handle = make(referrals)[1].handle
    make_instance(settings)
    assert one(Referrals.of(settings), handle)


@pytest.mark.own_files
def test_without_them_only_the_pages_of_committees_say_so(tmp_path: Path) -> None:
    desk = TestDesk(tmp_path / "instance", https=False)
    desk.bring("id,kind,name_ru,oblast,phones\na,flac,Центр,KG-N,114\n")
    settings, app = desk.settings, create_app(desk.settings)
    member, editor = staff_client(app, "committee"), staff_client(app, "editor")
    assert member.get("/ru/staff/committee").status_code == 200
    (settings.instance / "referrals.db").unlink()
    told = member.get("/ru/staff/committee")
    assert told.status_code == 503
    assert "База направлений не найдена" in told.text
    assert "referrals.db" not in told.text
    assert member.get("/ru/staff/signin/account").status_code == 200
    assert editor.get("/ru/staff/admin/centers").status_code == 200
    (settings.instance / "referrals.db").write_bytes(b"only words" * 1000)
    assert "Файл базы направлений повреждён" in member.get("/ru/staff/committee").text


def test_a_lost_database_is_not_begun_anew_beside_its_key(settings: Settings) -> None:
    (settings.instance / "referrals.db").unlink()
    assert refused(settings) == "referrals_lost"
    settings.referrals_key.unlink()
    make_instance(settings)
    assert told(settings)[0]


def test_a_lost_key_is_told_and_what_nobody_can_find_any_more_goes_with_it(settings: Settings) -> None:
    label = make(Referrals.of(settings))[1].label.encode()
    settings.referrals_key.unlink()
    assert fault_of(settings) == "key_missing"
    assert refused(settings) == "referrals_key_lost"
    assert label in (settings.instance / "referrals.db").read_bytes()
    make_instance(settings, new_keys=True)
    assert label not in (settings.instance / "referrals.db").read_bytes()
    assert one(Referrals.of(settings), make(Referrals.of(settings))[1].handle)


def test_another_key_is_told_and_nothing_is_lost(settings: Settings) -> None:
    handle = make(Referrals.of(settings))[1].handle
    true = settings.referrals_key.read_bytes()
    settings.referrals_key.write_bytes(Fernet.generate_key())
    assert fault_of(settings) == "referrals_key_other"
    assert refused(settings) == "referrals_key_other"
    assert told(settings)[0] is False
    settings.referrals_key.write_bytes(true)
    assert one(Referrals.of(settings), handle)


def test_a_key_that_others_can_read_is_not_used(settings: Settings) -> None:
    settings.referrals_key.chmod(0o644)
    assert fault_of(settings) == "key_open"
    with pytest.raises(SettingsError):
        create_app(settings)


def test_a_broken_file_and_a_newer_one_are_told(settings: Settings) -> None:
    from sqlalchemy import text

    with Referrals.of(settings).writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert fault_of(settings) == "referrals_newer"
    (settings.instance / "referrals.db").write_bytes(b"only words" * 1000)
    assert fault_of(settings) == "referrals_corrupt"


def test_where_they_are_is_a_setting_and_never_the_desks_file() -> None:
    assert read_settings({"LEGALMAP_DATABASE": "postgresql://a/b"}).referrals_url == "postgresql://a/b"
    given = {"LEGALMAP_DATABASE": "postgresql://a/b", "LEGALMAP_REFERRALS": "sqlite:////x/r.db"}
    assert read_settings(given).referrals_url == "sqlite:////x/r.db"
    with pytest.raises(SettingsError, match="LEGALMAP_REFERRALS"):
        read_settings({"LEGALMAP_DATABASE": "sqlite:////x/d.db", "LEGALMAP_REFERRALS": "sqlite:////x/d.db"})
    with pytest.raises(StoreError) as fault:
        Referrals.of(Settings(referrals="nonsense"))
    assert fault.value.code == "referrals_url"
