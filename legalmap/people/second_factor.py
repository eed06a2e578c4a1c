"""The second factor: codes of a phone's app that change every half minute (home of pyotp), and recovery codes."""

from __future__ import annotations

import hmac
import re
import secrets

import pyotp

from legalmap.people.keys import Keys

STEP = 30
"""Seconds for which a code is shown (RFC 6238, SHA-1, six digits: what every app understands)."""
RECOVERY_CODES = 10
_GROUPS = 3
"""Groups of four digits in a recovery code: 40 bits, typed on any keypad, read out in any language."""


def new_secret() -> str:
    """The key that a phone's app is given: 160 bits in base32, 32 characters."""
    return pyotp.random_base32()


def in_groups(secret: str) -> str:
    """The key as a person types it: groups of four."""
    return " ".join(re.findall(".{1,4}", secret))


def uri(secret: str, name: str, site: str) -> str:
    """What the code to scan says: `otpauth://totp/...`."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name=site)


def digits(typed: str) -> str:
    """What was typed without spaces and hyphens."""
    return re.sub(r"[\s-]", "", typed[:100])


def step_of(secret: str, code: str, last: int, now: int) -> int | None:
    """The time step whose code it is: this one or a neighbor, for clocks that differ, but later than `last`, the
    step of the last code that was taken. None for any other code, and for one taken already."""
    found = None
    totp = pyotp.TOTP(secret, interval=STEP)
    for step in range(now // STEP - 1, now // STEP + 2):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode("utf-8", "surrogatepass")) and step > last:
            found = step
    return found


def is_off(secret: str, code: str, now: int) -> bool:
    """Whether it would be right at another time within two hours: then a clock is wrong."""
    totp = pyotp.TOTP(secret, interval=STEP)
    return any(totp.generate_otp(now // STEP + away) == code for away in range(-240, 241))


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes, each for one time: "4821-0937-5516"."""
    return tuple("-".join(f"{secrets.randbelow(10_000):04d}" for _ in range(_GROUPS)) for _ in range(RECOVERY_CODES))


def is_recovery_code(typed: str) -> bool:
    """Whether it has the form of one."""
    return bool(re.fullmatch(rf"[0-9]{{{4 * _GROUPS}}}", digits(typed)))


def hash_of(keys: Keys, user_id: str, code: str) -> str:
    """What is kept of a recovery code. Raises KeyFault."""
    return keys.mac("recovery code", user_id, digits(code))
