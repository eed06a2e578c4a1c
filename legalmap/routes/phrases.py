"""Page texts in the language of the answer: flask_babel's functions, with the types it does not give."""

from __future__ import annotations

import flask_babel


def _(text: str, **values: str) -> str:
    """The text of the page's language for the English `text`; `values` fill its named places."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int) -> str:
    """The text for `num` things, in the plural forms of the page's language; `%(num)d` is the number."""
    return str(flask_babel.ngettext(one, many, num))


def pgettext(context: str, text: str) -> str:
    """Like `_`, for a short word that means different things in different places."""
    return str(flask_babel.pgettext(context, text))
