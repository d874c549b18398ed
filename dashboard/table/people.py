"""Who may work at a table: a small file on the Pi, as there may be no network to ask a hub.

There is no default person. An invitation is a link that works once, for a day, and of which the
file holds only a hash; whoever opens it on a tablet chooses a name and a PIN. These are staff;
there is no place for anybody who brings a sample.
"""

import hashlib
import json
import os
import threading
import unicodedata
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboard.errors import PeopleError
from dashboard.table.chance import new_token, nobodys_pin

Role = Literal["technician", "coordinator"]
ROLES: tuple[Role, ...] = get_args(Role)
"""Who may set aside what; see `firmware_bridge.contract.check.release`."""

INVITATION_MS = 24 * 3_600_000
MIN_PIN, MAX_PIN, MAX_NAME, MOST = 6, 100, 40, 200

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP, argon2id
_NOBODY = _HASHER.hash(nobodys_pin())


@dataclass(frozen=True, slots=True)
class TablePerson:
    """A member of staff at this table."""

    name: str
    role: Role
    pin_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that was not used yet."""

    token_hash: str
    role: Role
    until_ms: int


@dataclass(frozen=True, slots=True)
class _Known:
    people: tuple[TablePerson, ...] = ()
    invitations: tuple[Invitation, ...] = ()


class People:
    """The file; read anew for each question, so that who is locked out is out at once.

    Args:
        path: where it lies; made with the first invitation, for its owner alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def everybody(self) -> tuple[TablePerson, ...]:
        """All of them, by name.

        Raises:
            PeopleError: the file can't be read.
        """
        return tuple(sorted(self._read().people, key=lambda each: each.name.casefold()))

    def find(self, name: str) -> TablePerson | None:
        """The person of this name; None where there is none.

        Raises:
            PeopleError: the file can't be read.
        """
        wanted = _plain(name).casefold()
        return next((p for p in self._read().people if p.name.casefold() == wanted), None)

    def sign_in(self, name: str, pin: str) -> TablePerson | None:
        """The person, if name and PIN belong together; an unknown name takes as long.

        Raises:
            PeopleError: the file can't be read.
        """
        person = self.find(name)
        right = _verify(_NOBODY if person is None else person.pin_hash, pin[:MAX_PIN])
        return person if right else None

    def invite(self, role: Role, now_ms: int) -> str:
        """A token with which one person can join within a day. Show it once.

        Raises:
            PeopleError: the file can't be written, or too many invitations are open.
        """
        token = new_token()
        with self._lock:
            known = self._read()
            fresh = tuple(each for each in known.invitations if each.until_ms > now_ms)
            if len(fresh) >= MOST:
                raise PeopleError("too many invitations are open: wait until some are a day old")
            made = Invitation(_token_hash(token), role, now_ms + INVITATION_MS)
            self._write(replace(known, invitations=(*fresh, made)))
        return token

    def invited_role(self, token: str, now_ms: int) -> Role | None:
        """The role of an invitation that can still be used; None for any other token.

        Raises:
            PeopleError: the file can't be read.
        """
        found = _open_invitation(self._read(), token, now_ms)
        return None if found is None else found.role

    def join(self, token: str, name: str, pin: str, now_ms: int) -> TablePerson:
        """Make the person who was invited, and use the invitation up.

        Raises:
            PeopleError: the invitation, the name or the PIN can't be used; says why.
        """
        wanted = _require_name(name)
        _require_pin(pin, wanted)
        with self._lock:
            known = self._read()
            found = _open_invitation(known, token, now_ms)
            if found is None:
                raise PeopleError("this invitation was used, is too old, or never was: ask anew")
            if any(each.name.casefold() == wanted.casefold() for each in known.people):
                raise PeopleError(f"the name {wanted!r} is taken here: choose another")
            person = TablePerson(wanted, found.role, _HASHER.hash(pin))
            left = tuple(each for each in known.invitations if each is not found)
            self._write(_Known((*known.people, person), left))
        return person

    def remove(self, name: str) -> None:
        """A person who left: the next page they open asks them to sign in, and they can't.

        Raises:
            PeopleError: there is no such person, or the file can't be written.
        """
        with self._lock:
            known = self._read()
            wanted = _plain(name).casefold()
            left = tuple(each for each in known.people if each.name.casefold() != wanted)
            if len(left) == len(known.people):
                raise PeopleError(f"nobody here is called {name!r}")
            self._write(replace(known, people=left))

    def _read(self) -> _Known:
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
            people = tuple(_person(each) for each in told["people"])
            invitations = tuple(Invitation(**each) for each in told["invitations"])
        except FileNotFoundError:
            return _Known()
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise PeopleError(
                f"{self._path}: the people of this table can't be read ({error}); if it is "
                "damaged, move it away and invite them again"
            ) from error
        return _Known(people, invitations)

    def _write(self, known: _Known) -> None:
        text = json.dumps(
            {
                "people": [asdict(each) for each in known.people],
                "invitations": [asdict(each) for each in known.invitations],
            }
        )
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(opened, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            raise PeopleError(f"{self._path}: can't be written: {error}") from error


def require_role(role: str) -> Role:
    """The role of this name.

    Raises:
        PeopleError: there is none; names those there are.
    """
    for known in ROLES:
        if role == known:
            return known
    raise PeopleError(f"there is no role {role[:40]!r} here; known are {', '.join(ROLES)}")


def _person(told: dict[str, Any]) -> TablePerson:
    return TablePerson(str(told["name"]), require_role(str(told["role"])), str(told["pin_hash"]))


def _open_invitation(known: _Known, token: str, now_ms: int) -> Invitation | None:
    wanted = _token_hash(token)
    found = (i for i in known.invitations if i.token_hash == wanted and i.until_ms > now_ms)
    return next(found, None)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _verify(pin_hash: str, pin: str) -> bool:
    try:
        return _HASHER.verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _require_name(name: str) -> str:
    plain = _plain(name)
    if not 1 <= len(plain) <= MAX_NAME or not plain.isprintable():
        raise PeopleError(f"a name has 1 to {MAX_NAME} letters")
    return plain


def _require_pin(pin: str, name: str) -> None:
    if not MIN_PIN <= len(pin) <= MAX_PIN:
        raise PeopleError(f"a PIN has {MIN_PIN} to {MAX_PIN} characters")
    steps = {ord(b) - ord(a) for a, b in pairwise(pin)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        raise PeopleError("that PIN is the first that anybody would try: choose another")
    if name.casefold() in pin.casefold():
        raise PeopleError("the PIN has the name in it: choose another")
