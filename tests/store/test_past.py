"""The past is read page by page, the same on either engine."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from legalmap.store import past
from tests.desk.conftest import TestDesk
from tests.store.conftest import NewUrl


def test_acts_changes_and_audit_are_read_by_pages_and_counted(made_url: NewUrl, tmp_path: Path) -> None:
    desk = TestDesk(tmp_path / "instance", database=made_url())
    header = "id,kind,name_ru,oblast,show_location,address_ru\n"
    desk.bring(header + "".join(f"a{n},ngo,Центр {n},KG-N,yes,Тайная {n}\n" for n in range(5)), accept=("all",))
    desk.desk = dataclasses.replace(desk.desk, who="web:other")
    desk.bring("id,show_location,address_ru\na1,no,\na2,,Ленина 7\n")
    with desk.desk.store.reading() as connection:
        acts, count = past.page_of_acts(connection, limit=1)
        assert (acts[0].who, acts[0].edition, count) == ("web:other", 2, 2)
        first = past.page_of_acts(connection, who="test")[0][0]
        assert past.page_of_acts(connection, kind="undo") == ([], 0)
        assert past.act(connection, first.id) == first
        assert past.act(connection, "nobody") is None
        told = past.touched_by(connection, [act.id for act in (first, acts[0])])
        born = told[first.id]
        assert (born.centers, born.born, born.first) == (5, 5, ("a0", "a1", "a2"))
        assert told[acts[0].id] == past.Touched(centers=2, fields=2, born=0, first=("a1", "a2"))
        page, total = past.changes_by(connection, first.id, offset=3, limit=4)
        assert (len(page), total) == (4, born.fields + born.born)
        own, many = past.changes_of(connection, "a1", field="show_location")
        assert [(one.old, one.new, one.kind) for one in own] == [("yes", "no", "import"), ("", "yes", "import")]
        assert many == 2
        assert past.kinds_and_people(connection) == (["import"], ["test", "web:other"])
        assert past.fields_and_people(connection, "a2")[1] == ["test", "web:other"]
        assert {step.field for step in past.steps(connection, 2, 2)} == {"show_location", "address_ru"}
        assert [step.field for step in past.steps(connection, 1, 1) if step.edition == 2] == ["show_location"]
        assert set(past.texts_ever(connection, ["address_ru"], {"a2"})["a2"]) == {
            ("address_ru", "Тайная 2"), ("address_ru", "Ленина 7"),
        }  # fmt: skip
        lines, number = past.audit_lines(connection, what="act", limit=1)
        assert (lines[0].who, number) == ("web:other", 2)
        assert "act" in past.whats_and_people(connection)[0]
        assert past.titles(connection, ["a1"])["a1"].show_location == "no"
