"""Settings: read once from the environment, so that nothing else looks there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator can choose. Each field is the variable `LEGALMAP_<NAME>`."""

    instance: Path = Path("instance")
    """Folder that holds all that is kept."""
    database: str = ""
    """SQLAlchemy URL of the desk's database; empty = desk.db in the instance."""
    name: str = ""
    """The site's neutral name on every page; empty = Жакын / Jakyn."""
    import_max_bytes: int = 10_000_000
    """Largest file an import reads, bytes."""
    import_max_rows: int = 5_000
    """Most rows an import reads."""
    request_max_bytes: int = 65_536
    """Largest body of a public request, bytes."""

    @property
    def editions(self) -> Path:
        """Folder of the published editions."""
        return self.instance / "editions"

    @property
    def sealing_key(self) -> Path:
        """File of the key that seals results pages."""
        return self.instance / "keys" / "sealing.key"

    @property
    def database_url(self) -> str:
        """Where the desk's database is."""
        return self.database or f"sqlite:///{self.instance.resolve() / 'desk.db'}"


class SettingsError(Exception):
    """A setting cannot be used; the text says which and why."""


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in `environ` (default: the process environment).

    Raises SettingsError for a number that is not a whole number above zero.
    """
    source = os.environ if environ is None else environ
    given: dict[str, object] = {}
    for setting in fields(Settings):
        raw = source.get(f"LEGALMAP_{setting.name.upper()}", "").strip()
        if not raw:
            continue
        if setting.name == "instance":
            given[setting.name] = Path(raw)
        elif setting.name in {"database", "name"}:
            given[setting.name] = raw
        elif raw.isascii() and raw.isdigit() and int(raw) > 0:
            given[setting.name] = int(raw)
        else:
            raise SettingsError(f"LEGALMAP_{setting.name.upper()} must be a whole number above 0, not {raw!r}")
    return Settings(**given)  # type: ignore[arg-type]
