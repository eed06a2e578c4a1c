"""What every command shares: options, the operator's language and desk, faults told in words."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, NoReturn, ParamSpec, TypeVar

import click

from legalmap.config import Settings
from legalmap.hours import BISHKEK
from legalmap.model import LANGS, Lang, Problem
from legalmap.wording import word

if TYPE_CHECKING:
    from legalmap.desk.acts import Desk

P = ParamSpec("P")
R = TypeVar("R")


def own_language() -> Lang:
    code = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "")[:2]
    return next((lang for lang in LANGS if lang == code), "en")


language = click.option(
    "--lang",
    type=click.Choice(LANGS),
    default=own_language,
    help="Language of problems; default: the terminal's.",
)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def now() -> dt.datetime:
    return dt.datetime.now(BISHKEK)


def desk_of(settings: Settings) -> Desk:
    from legalmap.desk.acts import Desk  # with a database: commands that only ask do without both
    from legalmap.store import Store

    return Desk(store=Store.of(settings), settings=settings, who=operator(), now=now())


def operator() -> str:
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a user that the system has no name for
        return f"cli:uid{os.getuid()}"


def stop(code: str, lang: str, **params: str | int) -> NoReturn:
    click.echo(word(Problem(code=code, level="error", params=params), lang), err=True)
    sys.exit(2)


def in_words(command: Callable[P, R]) -> Callable[P, R]:
    """A fault of the machine is told in the user's language, never as a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Exception as fault:
            _tell(fault, str(kwargs.get("lang") or own_language()))
            raise

    return run


def _tell(fault: Exception, lang: str) -> None:
    """Ends the program with words for `fault`, if there are any."""
    from legalmap.desk.publish import PublishRefused
    from legalmap.directory.editions import NoEdition
    from legalmap.store import StoreError

    if isinstance(fault, StoreError):
        stop(fault.code, lang, detail=fault.detail)
    if isinstance(fault, PublishRefused):
        for problem in fault.problems:
            click.echo(word(problem, lang), err=True)
        sys.exit(1)
    if isinstance(fault, NoEdition):
        stop("edition_missing", lang)
    if isinstance(fault, OSError):
        stop("file_unreadable", lang, detail=f"{fault.filename or ''} {fault.strerror or fault}".strip())
