"""The command that lets referrals go whose time is over; a serving process does it by itself."""

from __future__ import annotations

import click

from legalmap.cli.options import in_words, language, now
from legalmap.config import Settings
from legalmap.model import Lang
from legalmap.referrals import purge as gone
from legalmap.store.referrals import ReferralStore


@click.command()
@language
@click.pass_obj
@in_words
def purge(settings: Settings, lang: Lang) -> None:
    """Delete referrals whose time is over. Whoever runs it vouches for the clock, also when that was changed."""
    done = gone.run(ReferralStore.of(settings), now(), by_hand=True)
    written = f"database written anew in {done.vacuum:.2f} s" if done.vacuum else "nothing to write anew"
    click.echo(f"{done.rows} referrals deleted; {written}")


COMMANDS = (purge,)
