"""The member at this request: which committee is theirs, and the referrals that they made."""

from __future__ import annotations

import datetime as dt
from typing import cast

from flask import abort, current_app, g

from legalmap.hours import BISHKEK
from legalmap.model import Localized
from legalmap.people import audit
from legalmap.people.keys import Keys
from legalmap.referrals import Referrals, kept
from legalmap.referrals.sights import Referral, Wanted
from legalmap.routes import page
from legalmap.routes.phrases import ngettext
from legalmap.routes.staff import door, frame
from legalmap.routes.staff.door import Elsewhere
from legalmap.routes.staff.way import Way, is_used, use
from legalmap.store import audit as lines
from legalmap.store import committees
from legalmap.store.committees import Committee


def referrals() -> Referrals:
    """The referrals of this instance."""
    return cast(Referrals, current_app.extensions["referrals"])


def keys() -> Keys:
    """The key of the referrals."""
    return referrals().keys


def committee() -> Committee:
    """The committee of the signed-in member. Leads to the page that says whom to ask when they have none."""
    if "committee" not in g:
        with frame.store().reading() as connection:
            g.committee = committees.by_id(connection, door.person().committee)
    if g.committee is None:
        raise Elsewhere(page.link("signin.waiting"))
    return cast(Committee, g.committee)


def name(known: Committee) -> str:
    """What a committee is called in the page's language."""
    return Localized(ky=known.name_ky, ru=known.name_ru, en=known.name_en).in_lang(page.language())[0]


def note(what: str, *, who: str = "", once_a_day: bool = False) -> None:
    """Leaves a line in the audit, before anything is shown or done: who and which kind of thing on which day. Neither
    the moment nor which referral: the audit outlives them, and must not tell when somebody sat with whom. `who`: else
    the signed-in person."""
    now = door.now().astimezone(BISHKEK)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    who = who or f"web:{door.person().name}"
    if once_a_day:
        with frame.store().reading() as connection:
            if lines.has(connection, who=who, what=what, at=day.astimezone(dt.UTC).isoformat()):
                return
    with frame.store().writing() as connection:
        audit.add(connection, who=who, what=what, now=day)


def make(asked: Way, second: int) -> tuple[str, Referral] | None:
    """The code and the referral of the way that was gone; the same form sent twice makes one. None when it was made
    before and is taken back."""
    own = committee()
    wanted = Wanted(
        first=asked.first, second=second, needs=frozenset(asked.needs), urgency=asked.urgency, oblast=own.oblast,
        lang=page.language(), answered=asked.said.get(asked.first, ""),
    )  # fmt: skip
    again = is_used(asked.token)
    if not again:
        note("referral_made")
        use(asked.token)
    with referrals().writing() as connection:
        if again and not kept.lives(connection, keys(), door.person().id, asked.token, door.now()):
            return None
        return kept.create(connection, keys(), door.person().id, own.id, asked.token, wanted, door.now())


def own(handle: str) -> Referral:
    """One that the member made. Aborts with 404 for any other, whatever it is."""
    with referrals().reading() as connection:
        found = kept.one(connection, keys(), door.person().id, handle, door.now())
    if found is None:
        abort(404)
    return found


def wait_words(seconds: int) -> str:
    """What to tell somebody who tried too many numbers."""
    return ngettext(
        "After several wrong tries it takes a while: please wait %(num)d second, then try again.",
        "After several wrong tries it takes a while: please wait %(num)d seconds, then try again.", seconds,
    )  # fmt: skip
