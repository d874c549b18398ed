"""Who may sign in: staff of the programme, their roles, passwords and invitations.

There is no default password and no way to make a person but by an invitation: a link that works
once, for a day, and of which the store holds only a hash.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub import audit
from hub.errors import AccessError
from hub.store import Transaction, people
from hub.store.people import PersonRow

Role = Literal["staff", "technician", "coordinator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the least to the most that a person may do; each may all that those before it may."""

INVITATION_MS = 24 * 3_600_000
MIN_PASSWORD = 12
MAX_PASSWORD = 200

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP, argon2id
_NOBODY = _HASHER.hash(secrets.token_urlsafe(24))  # what an unknown name is checked against


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff."""

    person_id: int
    name: str
    role: Role
    disabled: bool = False


def allows(role: str, needed: Role) -> bool:
    """Whether a role includes another; a role that is not known includes nothing."""
    return role in ROLES and ROLES.index(require_role(role)) >= ROLES.index(needed)


def require_role(role: str) -> Role:
    """The role of this name.

    Raises:
        AccessError: there is none; the message names those there are.
    """
    for known in ROLES:
        if role == known:
            return known
    raise AccessError(f"there is no role {role[:40]!r}; the roles are {', '.join(ROLES)}")


def invite(transaction: Transaction, role: Role, now_ms: int, by: str = audit.SYSTEM) -> str:
    """A token with which one person can sign up within a day. Show it once; only its hash stays."""
    token = secrets.token_urlsafe(32)
    people.add_invitation(transaction, _token_hash(token), role, now_ms, now_ms + INVITATION_MS)
    audit.record(transaction, now_ms, by, "invite", f"role {role}")
    return token


def invited_role(transaction: Transaction, token: str, now_ms: int) -> Role | None:
    """The role of an invitation that can still be used; None for any other token."""
    role = people.open_invitation_role(transaction, _token_hash(token), now_ms)
    return None if role is None else require_role(role)


def accept_invitation(
    transaction: Transaction, token: str, name: str, password: str, now_ms: int
) -> Person:
    """Make the person who was invited, and use the invitation up.

    Raises:
        AccessError: the invitation, the name or the password can't be used.
    """
    wanted = _require_name(name)
    _require_password(password, wanted)
    role = invited_role(transaction, token, now_ms)
    if role is None:
        raise AccessError("this invitation was used, is too old, or never was; ask for a new one")
    if people.by_name(transaction, wanted) is not None:
        raise AccessError(f"the name {wanted!r} is taken; choose another")
    if not people.use_invitation(transaction, _token_hash(token), now_ms):
        raise AccessError("this invitation was used just now; ask for a new one")
    person_id = people.add(transaction, wanted, role, _HASHER.hash(password), now_ms)
    audit.record(transaction, now_ms, wanted, "join", f"role {role}")
    return Person(person_id, wanted, role)


def sign_in(transaction: Transaction, name: str, password: str) -> Person | None:
    """The person, if name and password belong together and the person is not locked out.

    An unknown name takes as long as a wrong password, so that names can't be found out by time.
    """
    row = people.by_name(transaction, _plain(name))
    right = _verify(_NOBODY if row is None else row.password_hash, password[:MAX_PASSWORD])
    if row is None or not right or row.disabled:
        return None
    return _person(row)


def find(transaction: Transaction, person_id: int) -> Person | None:
    """The person of a session; None for one who is unknown or locked out by now."""
    row = people.by_id(transaction, person_id)
    return None if row is None or row.disabled else _person(row)


def everybody(transaction: Transaction) -> list[Person]:
    """All staff, by name."""
    return [_person(row) for row in people.everybody(transaction)]


def change_password(
    transaction: Transaction, person: Person, old: str, new: str, now_ms: int
) -> None:
    """Give a person a new password.

    Raises:
        AccessError: the old one is wrong, or the new one can't be used.
    """
    if sign_in(transaction, person.name, old) is None:
        raise AccessError("the present password is not right")
    _require_password(new, person.name)
    people.set_password_hash(transaction, person.person_id, _HASHER.hash(new))
    audit.record(transaction, now_ms, person.name, "change-password", person.name)


def lock_out(transaction: Transaction, person: Person, now_ms: int, by: str) -> None:
    """A person who left: sessions end with the next page, signing in fails."""
    people.set_disabled(transaction, person.person_id, disabled=True)
    audit.record(transaction, now_ms, by, "lock-out", person.name)


def _person(row: PersonRow) -> Person:
    return Person(row.person_id, row.name, require_role(row.role), row.disabled)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _token_hash(token: str) -> str:
    """SHA-256 will do: a token has 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name[:400]).split())


def _require_name(name: str) -> str:
    plain = _plain(name)
    if not 1 <= len(plain) <= 60 or not plain.isprintable():
        raise AccessError("a name has 1 to 60 letters")
    return plain


def _require_password(password: str, name: str) -> None:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AccessError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    if name.lower() in password.lower() and len(password) < len(name) + MIN_PASSWORD:
        raise AccessError("a password must not be made of the name")
