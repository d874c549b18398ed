"""Password hashes as the brokers want them.

mosquitto: `$7$ITERATIONS$SALT$HASH`, PBKDF2-HMAC-SHA512 with base64 (mosquitto_passwd(1)).
nats-server: bcrypt (its documentation, "Bcrypted passwords"), made by the system's libcrypt; Python
has no bcrypt of its own. Both are for random passwords of 192 bits, which is why few rounds do.
"""

import base64
import ctypes
import ctypes.util
import hashlib
import os

PBKDF2_ITERATIONS = 101
"""mosquitto's own default. A random password of 192 bits can't be guessed at any speed."""

BCRYPT_COST = 6
_BCRYPT_ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def mosquitto_hash(password: str) -> str:
    """The hash for mosquitto's password file."""
    salt = os.urandom(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, PBKDF2_ITERATIONS)
    return f"$7${PBKDF2_ITERATIONS}${_base64(salt)}${_base64(digest)}"


def bcrypt_hash(password: str) -> str:
    """The hash for nats-server, or "" where this system's libcrypt can't make one."""
    salt = "".join(_BCRYPT_ALPHABET[byte & 63] for byte in os.urandom(21)) + "."
    setting = f"$2b${BCRYPT_COST:02}${salt}"
    try:
        library = ctypes.CDLL(ctypes.util.find_library("crypt") or "libcrypt.so.1")
    except OSError:
        return ""
    library.crypt.restype = ctypes.c_char_p
    library.crypt.argtypes = (ctypes.c_char_p, ctypes.c_char_p)
    made: bytes | None = library.crypt(password.encode(), setting.encode())
    text = (made or b"").decode("ascii", "replace")
    return text if text.startswith("$2b$") else ""


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
