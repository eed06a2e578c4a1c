"""Settings: read once from the environment, so that nothing else looks there."""

from __future__ import annotations

import os
import re
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
    referrals: str = ""
    """SQLAlchemy URL of the referrals' database; empty = referrals.db in the instance, or, where `database` is
    PostgreSQL, the schema `referrals` of that one."""
    roles: frozenset[str] = frozenset({"public", "staff"})
    """What this process serves: `public`, or `public,staff` with the desk's pages, which need the database."""
    https: bool = True
    """Whether staff come by https; `off` serves staff pages to this machine alone (loopback), for development."""
    proxies: int = 0
    """How many servers in front of this one say truly who asks (X-Forwarded-For)."""
    audit_head: str = ""
    """File outside the database that says how far the audit has come; empty = audit.head in the instance."""
    name: str = ""
    """The site's neutral name on every page; empty = Жакын / Jakyn."""
    site: str = ""
    """The site's public address, like https://jakyn.example, for the codes on paper; empty = paper carries none."""
    import_max_bytes: int = 10_000_000
    """Largest file an import reads, bytes."""
    import_max_rows: int = 5_000
    """Most rows an import reads."""
    uploads_days: int = 3
    """Days after which a file that staff sent is deleted: it may hold addresses that must stay hidden."""
    purge_seconds: int = 3600
    """Seconds between two purges of referrals whose time is over."""
    geonames: str = "https://download.geonames.org/export/dump/"
    """Where `places fetch` finds GeoNames' files; a mirror has the same paths below."""
    request_max_bytes: int = 65_536
    """Largest body of a public request, bytes."""
    metrics: str = ""
    """Where counts for Prometheus are told, like 127.0.0.1:9090: an address that only the operator reaches; empty =
    nowhere. Needs the extra `metrics`."""
    leave: str = ""
    """Where "leave fast" leads: an https address that says nothing; empty = the site's own calendar."""
    tiles: str = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
    """Address of the street pictures that a map loads after a tap, with {z} {x} {y}; set but empty = no such button."""
    tiles_attribution: str = "© OpenStreetMap contributors"
    """Whose street pictures these are, shown on the map with them."""
    pmtiles: Path | None = None
    """Archive of streets (PMTiles v3) that this site serves itself; then `tiles` is not offered. None = none."""

    @property
    def tiles_host(self) -> str:
        """Scheme and host of the street pictures, "" without any: whom a page lets a phone ask."""
        return "" if self.pmtiles else "/".join(self.tiles.split("/")[:3])

    @property
    def editions(self) -> Path:
        """Folder of the published editions."""
        return self.instance / "editions"

    @property
    def sealing_key(self) -> Path:
        """File of the key that seals results pages."""
        return self.instance / "keys" / "sealing.key"

    @property
    def people_key(self) -> Path:
        """File of the key that seals what proves who somebody is."""
        return self.instance / "keys" / "people.key"

    @property
    def audit_key(self) -> Path:
        """File of the key that chains the audit."""
        return self.instance / "keys" / "audit.key"

    @property
    def referrals_key(self) -> Path:
        """File of the key that codes of referrals and their members are hashed with."""
        return self.instance / "keys" / "referrals.key"

    @property
    def audit_head_file(self) -> Path:
        """The file that says how far the audit has come."""
        return Path(self.audit_head) if self.audit_head else self.instance / "audit.head"

    @property
    def database_url(self) -> str:
        """Where the desk's database is."""
        return self.database or f"sqlite:///{self.instance.resolve() / 'desk.db'}"

    @property
    def referrals_url(self) -> str:
        """Where the referrals' database is."""
        shared = self.database if self.database.startswith("postgresql") else ""
        return self.referrals or shared or f"sqlite:///{self.instance.resolve() / 'referrals.db'}"


class SettingsError(Exception):
    """A setting cannot be used; the text says which and why."""


def _tiles(raw: str) -> str:
    # the host goes into a header that says whom a page may ask: nothing but one plain host may stand there
    host = re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~{}?&=%@/-]*)", raw)
    if raw and not (host and all(f"{{{name}}}" in host[2] for name in "zxy")):
        raise SettingsError(
            f"LEGALMAP_TILES must be empty or like https://tile.example.org/{{z}}/{{x}}/{{y}}.png, not {raw!r}"
        )
    return raw


def _site(raw: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?", raw):
        raise SettingsError(f"LEGALMAP_SITE must be like https://jakyn.example, not {raw!r}")
    return raw.rstrip("/")


def _leave(raw: str) -> str:
    if not re.fullmatch(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?", raw):
        raise SettingsError(f"LEGALMAP_LEAVE must be like https://weather.example/, not {raw!r}")
    return raw


def _metrics(raw: str) -> str:
    port = re.fullmatch(r"[0-9a-zA-Z.:\[\]-]+:([0-9]{1,5})", raw)
    if not port or not 0 < int(port[1]) < 65_536:
        raise SettingsError(f"LEGALMAP_METRICS must be an address and a port like 127.0.0.1:9090, not {raw!r}")
    return raw


def _roles(raw: str) -> frozenset[str]:
    roles = frozenset(filter(None, (role.strip() for role in raw.split(","))))
    if "public" not in roles or roles - {"public", "staff"}:
        raise SettingsError(f"LEGALMAP_ROLES must be public or public,staff, not {raw!r}")
    return roles


def _https(raw: str) -> bool:
    if raw not in {"on", "off"}:
        raise SettingsError(f"LEGALMAP_HTTPS must be on or off, not {raw!r}")
    return raw == "on"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in `environ` (default: the process environment).

    Raises SettingsError for a number that is not a whole number above zero, for tiles or a site without a plain host,
    for roles that there are not.
    """
    source = os.environ if environ is None else environ
    given: dict[str, object] = {}
    for setting in fields(Settings):
        variable = f"LEGALMAP_{setting.name.upper()}"
        raw = source.get(variable, "").strip()
        if setting.name == "tiles" and variable in source:
            given[setting.name] = _tiles(raw)
            continue
        if not raw:
            continue
        if setting.name in {"instance", "pmtiles"}:
            given[setting.name] = Path(raw)
        elif setting.name == "site":
            given[setting.name] = _site(raw)
        elif setting.name == "metrics":
            given[setting.name] = _metrics(raw)
        elif setting.name == "leave":
            given[setting.name] = _leave(raw)
        elif setting.name == "roles":
            given[setting.name] = _roles(raw)
        elif setting.name == "https":
            given[setting.name] = _https(raw)
        elif setting.name == "proxies" and raw == "0":
            given[setting.name] = 0
        elif setting.name in {"database", "referrals", "audit_head", "name", "geonames", "tiles_attribution"}:
            given[setting.name] = raw
        elif raw.isascii() and raw.isdigit() and int(raw) > 0:
            given[setting.name] = int(raw)
        else:
            raise SettingsError(f"{variable} must be a whole number above 0, not {raw!r}")
    settings = Settings(**given)  # type: ignore[arg-type]
    if settings.referrals_url == settings.database_url and settings.referrals_url.startswith("sqlite"):
        raise SettingsError("LEGALMAP_REFERRALS must be another file than the desk's database")
    return settings


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables that make another process read the same settings."""
    written = {}
    for setting in fields(Settings):
        value = getattr(settings, setting.name)
        if isinstance(value, frozenset):
            value = ",".join(sorted(value))
        elif isinstance(value, bool):
            value = "on" if value else "off"
        elif isinstance(value, Path):
            value = value.resolve()
        elif value is None:
            value = ""
        written[f"LEGALMAP_{setting.name.upper()}"] = str(value)
    return written
