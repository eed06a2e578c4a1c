"""A backup brings everything back as it was, into either engine, or nothing at all; encrypted, it tells nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import tarfile
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner

from legalmap.cli import main
from legalmap.config import Settings, environment_of
from legalmap.desk import backup, doctor, restoring
from legalmap.desk.acts import Desk
from legalmap.hours import BISHKEK
from legalmap.people import audit_check
from legalmap.referrals import Referrals, kept, purge
from legalmap.referrals.kept import Wanted
from legalmap.store import Store, StoreError, copying
from tests.desk.conftest import TestDesk
from tests.store.conftest import NewUrl

CENTERS = (
    "id,kind,name_ky,oblast,settlement,phones,address,show_location,internal_note\n"
    "a1,flac,Биринчи,KG-N,Нарын,114,Ленин көчөсү 1,yes,\n"
    "a2,shelter,Башпаана,KG-N,,0700 100 200,Купуя көчөсү 77,no,Айтпагыла\n"
)
NOW = dt.datetime.now(BISHKEK)
HIDDEN = "Купуя көчөсү 77"


@pytest.fixture
def full(tmp_path: Path, made_url: NewUrl) -> TestDesk:
    """A desk with some past, a hidden address, and a referral."""
    desk = TestDesk(tmp_path / "one", database=made_url())
    assert desk.bring(CENTERS, accept=("all",)).applied
    assert desk.bring(CENTERS.replace("Биринчи", "Экинчи"), accept=("all",)).applied
    refer(desk.settings)
    return desk


@pytest.fixture
def quick(tmp_path: Path) -> TestDesk:
    desk = TestDesk(tmp_path / "one")
    assert desk.bring(CENTERS, accept=("all",)).applied
    return desk


def refer(settings: Settings, now: dt.datetime = NOW) -> None:
    referrals = Referrals.of(settings)
    wanted = Wanted(first=1001, needs=frozenset({"legal"}), urgency="now", oblast="KG-N", lang="ky")
    with referrals.writing() as connection:
        kept.create(connection, referrals.keys, "m1", "c1", now.isoformat(), wanted, now)


def empty(settings: Settings, folder: Path, **changes: str) -> Desk:
    """An instance that is not there yet."""
    there = dataclasses.replace(settings, instance=folder, **changes)
    return Desk(store=Store.of(there), settings=there, who="cli:test", now=NOW)


def all_of(settings: Settings) -> tuple[object, ...]:
    """All that is kept, but for what restoring itself writes."""
    own = {"audit", "counters"}
    desk = {name: copied for name, copied in copying.hashes(Store.of(settings)).items() if name not in own}
    return desk, {**copying.hashes(Referrals.of(settings).store), "purges": None}["referrals"]


def restore(desk: Desk, file: Path, keys: Path, identity: str = "") -> restoring.Restored:
    return restoring.restore(desk, file, keys, lambda _made: None, identity)


def refused(desk: Desk, file: Path, keys: Path, identity: str = "") -> str:
    """The code of what a restore says, "" when it goes well."""
    try:
        restore(desk, file, keys, identity)
    except StoreError as fault:
        return fault.code
    return ""


def without_shared(told: tuple[object, ...]) -> tuple[object, ...]:
    """Nodes' copies of editions are made anew by publishing."""
    desk, referrals = told
    assert isinstance(desk, dict)
    return {name: copied for name, copied in desk.items() if not name.startswith("shared_")}, referrals


def test_all_comes_back_as_it_was(full: TestDesk, tmp_path: Path, new_url: NewUrl) -> None:
    was, digest = all_of(full.settings), full.directory.content_sha256
    made = backup.make(full.settings, tmp_path / "copies", NOW)
    there = empty(full.settings, tmp_path / "two", database=new_url(), referrals="")
    done = restore(there, made.file, full.settings.sealing_key.parent)
    assert without_shared(all_of(there.settings)) == without_shared(was)
    assert (done.purged, done.lost) == (0, 0)
    directory = TestDesk(there.settings.instance, database=there.settings.database).directory
    assert directory.content_sha256 == digest
    assert directory.number == done.edition > full.directory.number + 900, "what phones may have is left behind"
    count, problems = audit_check.verify(there.store)
    assert (count > 2, list(problems)) == (True, [])
    assert all(check.ok for check in doctor.examine(there.settings) if check.name not in {"backup", "instance"})


def test_referrals_whose_time_was_over_meanwhile_are_gone_before_anything_is_shown(
    quick: TestDesk, tmp_path: Path
) -> None:
    refer(quick.settings)
    made = backup.make(quick.settings, tmp_path / "copies", NOW)
    late = dataclasses.replace(empty(quick.settings, tmp_path / "two"), now=NOW + dt.timedelta(days=60))
    assert restore(late, made.file, quick.settings.sealing_key.parent).purged == 1
    store = Referrals.of(late.settings).store
    assert copying.hashes(store)["referrals"].rows == 0
    last = purge.last(store)
    assert last
    assert last.date() == late.now.date()


def test_another_key_is_said_and_nothing_is_left_behind(quick: TestDesk, tmp_path: Path) -> None:
    made = backup.make(quick.settings, tmp_path / "copies", NOW)
    other = TestDesk(tmp_path / "other").settings
    other.people_key.write_bytes(other.sealing_key.read_bytes())
    there = empty(quick.settings, tmp_path / "two")
    assert refused(there, made.file, other.sealing_key.parent) == "restore_key_other"
    assert not list(there.settings.instance.iterdir())
    assert restore(there, made.file, quick.settings.sealing_key.parent).edition


def test_a_byte_that_a_disk_spoilt_is_noticed_or_was_of_no_use(quick: TestDesk, tmp_path: Path) -> None:
    made = backup.make(quick.settings, tmp_path / "copies", NOW)
    whole, chance, noticed = made.file.read_bytes(), random.Random(7), 0
    with tarfile.open(made.file) as archive:
        database = archive.getmember(backup.DESK)
    within = range(database.offset_data, database.offset_data + database.size)
    for at in [chance.choice(within) for _ in range(4)] + [chance.randrange(len(whole)) for _ in range(4)]:
        spoilt = bytearray(whole)
        spoilt[at] ^= 1 << chance.randrange(8)
        made.file.write_bytes(spoilt)
        there = empty(quick.settings, tmp_path / f"two{at}")
        code = refused(there, made.file, quick.settings.sealing_key.parent)
        assert code in ({"backup_broken"} if at in within else {"backup_broken", ""})
        if code:
            noticed += 1
            assert not list(there.settings.instance.iterdir())
        else:
            assert all_of(there.settings) == all_of(quick.settings)
    assert noticed >= 4


def test_an_encrypted_one_tells_nothing_and_opens_for_its_key_alone(quick: TestDesk, tmp_path: Path) -> None:
    own, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    plain = backup.make(quick.settings, tmp_path / "copies", NOW)
    assert HIDDEN.encode() in plain.file.read_bytes()
    made = backup.make(quick.settings, tmp_path / "safe", NOW, recipients=[str(own.to_public())])
    assert HIDDEN.encode() not in made.file.read_bytes()
    assert [path.name for path in (tmp_path / "safe").iterdir()] == [made.file.name]
    there = empty(quick.settings, tmp_path / "two")
    keys = quick.settings.sealing_key.parent
    for secret in ("", str(other), "AGE-SECRET-KEY-1"):
        assert refused(there, made.file, keys, secret) == "backup_identity"
        assert not list(there.settings.instance.iterdir())
    assert restore(there, made.file, keys, str(own)).edition
    with pytest.raises(StoreError) as fault:
        backup.make(quick.settings, tmp_path / "safe", NOW, recipients=["age1nobody"])
    assert fault.value.code == "backup_recipient"


def test_what_a_killed_restore_left_is_cleared_first(quick: TestDesk, tmp_path: Path) -> None:
    made = backup.make(quick.settings, tmp_path / "copies", NOW)
    there = empty(quick.settings, tmp_path / "two")
    folder = there.settings.instance
    for left in ("keys", ".restoring-abc"):
        (folder / left).mkdir(parents=True)
    (folder / restoring.UNFINISHED).touch()
    (folder / "keys" / "people.key").write_text("half")
    (folder / backup.DESK).write_bytes(b"SQLite format 3\0 and no more")
    assert refused(there, made.file, quick.settings.sealing_key.parent) == ""
    assert all_of(there.settings) == all_of(quick.settings)
    assert not list(folder.glob("*restoring*"))


def test_an_instance_in_use_is_left_alone(quick: TestDesk, tmp_path: Path) -> None:
    made = backup.make(quick.settings, tmp_path / "copies", NOW)
    there = empty(quick.settings, tmp_path / "two")
    folder = TestDesk(there.settings.instance).settings.instance
    before = sorted(folder.rglob("*"))
    assert refused(there, made.file, quick.settings.sealing_key.parent) == "restore_not_empty"
    assert sorted(folder.rglob("*")) == before


def test_the_commands_say_what_they_do_and_ask_first(quick: TestDesk, tmp_path: Path) -> None:
    own = pyrage.x25519.Identity.generate()
    (tmp_path / "secret.txt").write_text(f"# public key: {own.to_public()}\n{own}\n")

    def run(settings: Settings, *command: str, answer: str = "") -> tuple[int, str]:
        done = CliRunner().invoke(main, command, env=environment_of(settings), input=answer)
        return done.exit_code, done.output

    old = tmp_path / "copies" / "legalmap-20200101T000000Z.tar"
    old.parent.mkdir()
    old.write_bytes(b"old")
    (old.parent / "holiday.jpg").write_bytes(b"ours is not the only file here")
    code, told = run(quick.settings, "backup", str(old.parent), "--recipient", str(own.to_public()))
    assert (code, "1 older ones are gone" in told) == (0, True), told
    assert not old.exists()
    (file,) = old.parent.glob("*.age")
    assert (old.parent / "holiday.jpg").exists()
    assert file.stat().st_mode & 0o077 == 0
    there = empty(quick.settings, tmp_path / "two").settings
    command = ["restore", str(file), "--keys", str(quick.settings.sealing_key.parent)]
    code, told = run(there, *command, "--lang", "ky")
    assert (code, "жашыруун ачкыч" in told) == (2, True), told
    command += ["--identity", str(tmp_path / "secret.txt")]
    code, told = run(there, *command, answer="n\n")
    assert (code, list(there.instance.iterdir())) == (1, []), told
    code, told = run(there, *command, answer="y\n")
    assert (code, "All that was done since is lost" in told, "edition 1" in told) == (0, True, True), told
    checks = {check.name: check for check in doctor.examine(quick.settings)}
    assert checks["backup"].ok, checks["backup"].detail
