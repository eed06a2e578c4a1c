"""Words that tell of danger: what an import asks about, and what never stands on a contact card."""

from __future__ import annotations

import re

from legalmap import letters

_WORDS = re.compile(
    # as `letters.search_key` leaves them: ө as о, ү as у, no ь, a space for a hyphen
    r"кризис|зомбулук|зордук|кыйноо|ур токмок|кордук|ала качуу|жабыр тарт|калкал|баш ?паан|"
    r"насил|абюз|жестоко\w* обращ|избит|избива|побои|побоев|пострадавш|жертв|убежищ|укрыти|приют|шелтер|"
    r"crisis|shelter|violen|abus|batter(?:ed|ing)|victim|refuge\b|safe ?(?:house|home)"
)


def spoken_of(text: str) -> bool:
    """Whether `text` speaks of crisis, shelter or violence (ky, ru, en)."""
    return bool(_WORDS.search(letters.search_key(text)))
