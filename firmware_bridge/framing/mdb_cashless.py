"""What VMC and cashless devices say to each other: bytes to values (MDB/ICP 4.2 section 7).

Addresses are 10h (cashless #1) and 60h (cashless #2); the command stands in the low three bits.
What a begin session tells of a card (media id, its data) is never decoded.
"""

from firmware_bridge.framing.mdb_values import (
    BeginSession,
    CashSale,
    Command,
    EnableFeatures,
    Identity,
    JustReset,
    OtherCommand,
    Payment,
    Plain,
    Poll,
    ReaderConfig,
    ReaderControl,
    Reply,
    Reset,
    SessionComplete,
    SetupConfig,
    SetupPrices,
    VendApproved,
    VendCancel,
    VendFailure,
    VendRequest,
    VendSuccess,
)

ADDRESSES = (0x10, 0x60)
UNKNOWN_ITEM = 0xFFFF
UNKNOWN_AMOUNT = 0xFFFF

FREE, TEST, NEGATIVE, TOKEN = 0x8000, 0x4000, 0x2000, 0x1000
CASH_ITEM_MASK = 0x0FFF
"""The top four bits of a cash sale's item number say what kind of sale it was."""

WANTS_CASH_SALE = 0x08
ALWAYS_IDLE = 0x20


_PLAIN = {
    0x04: "cancel-request",
    0x06: "denied",
    0x07: "end-session",
    0x08: "cancelled",
    0x0A: "error",
    0x0B: "out-of-sequence",
}
_CONTROLS = {0: "disable", 1: "enable", 2: "cancel"}
_SIMPLE: dict[tuple[int, int], Command] = {
    (3, 1): VendCancel(),
    (3, 3): VendFailure(),
    (3, 4): SessionComplete(),
}


def address_of(data: bytes) -> int | None:
    """The cashless device that a VMC's block is for; None for any other device's."""
    address = data[0] & 0xF8 if data else 0
    return address if address in ADDRESSES else None


def command(data: bytes) -> Command | None:
    """The command in a VMC's block to a cashless device; None where it is none, or cut short.

    Args:
        data: address byte and what follows, without the checksum.
    """
    if address_of(data) is None:
        return None
    verb, rest = data[0] & 0x07, data[1:]
    if verb in (0, 2):
        return Reset() if verb == 0 else Poll()
    if not rest:
        return None
    if (verb, rest[0]) in _SIMPLE:
        return _SIMPLE[verb, rest[0]]
    if verb == 4:
        return ReaderControl(_CONTROLS[rest[0]]) if rest[0] in _CONTROLS else None
    readers = {1: _setup, 3: _vend, 7: _expansion}
    return readers[verb](rest[0], rest[1:]) if verb in readers else OtherCommand()


def reply(data: bytes) -> Reply | None:
    """The answer in a device's block; None where it is cut short."""
    if not data:
        return None
    readers = {0x01: _config, 0x03: _begin, 0x05: _approved, 0x09: _identity}
    code, rest = data[0], data[1:]
    if code in readers:
        return readers[code](rest)
    return JustReset() if code == 0x00 else Plain(_PLAIN.get(code, "other"))


def _setup(sub: int, rest: bytes) -> Command | None:
    if sub == 0:
        return SetupConfig(rest[0]) if len(rest) >= 4 else None
    if len(rest) == 4:
        return SetupPrices(_amount(rest[:2]), _amount(rest[2:]))
    if len(rest) == 10:
        return SetupPrices(_amount(rest[:4]), _amount(rest[4:8]))
    return None


def _vend(sub: int, rest: bytes) -> Command | None:
    """Prices have two bytes, or four where the 32-bit format was agreed: the length says which."""
    if sub == 0 and len(rest) in (4, 6, 8):
        wide = 2 if len(rest) == 4 else 4
        return VendRequest(_amount(rest[:wide]), _item(rest[wide : wide + 2]))
    if sub == 2:
        return VendSuccess(_item(rest)) if len(rest) == 2 else None
    if sub == 5 and len(rest) in (4, 8):
        wide = 2 if len(rest) == 4 else 4
        return _cash_sale(_amount(rest[:wide]), int.from_bytes(rest[wide : wide + 2], "big"))
    return None if sub in (0, 5) else OtherCommand()


def _cash_sale(price: int | None, word: int) -> CashSale:
    if word == UNKNOWN_ITEM:
        return CashSale(price, None, "unknown", negative=False)
    payment: Payment = "free" if word & FREE else "test" if word & TEST else "paid"
    number = word & CASH_ITEM_MASK
    item = None if number == CASH_ITEM_MASK else number
    return CashSale(price, item, payment, negative=bool(word & NEGATIVE))


def _expansion(sub: int, rest: bytes) -> Command | None:
    if sub == 0:
        return _identity(rest)
    if sub == 4:
        return EnableFeatures(int.from_bytes(rest, "big")) if len(rest) == 4 else None
    return OtherCommand()


def _identity(rest: bytes) -> Identity | None:
    if len(rest) not in (29, 33):
        return None
    features = int.from_bytes(rest[29:], "big") if len(rest) == 33 else None
    return Identity(_text(rest[:3]), _text(rest[3:15]), _text(rest[15:27]), features)


def _config(rest: bytes) -> ReaderConfig | None:
    if len(rest) != 7:
        return None
    level, scale, decimals, answer_s, options = rest[0], *rest[3:]
    return ReaderConfig(level, rest[1:3].hex(), scale, decimals, answer_s, options)


def _begin(rest: bytes) -> BeginSession | None:
    """Level 1 says funds only; readers were seen that add a byte, so other lengths are taken so."""
    if len(rest) not in (9, 16):
        return BeginSession(_amount(rest[:2]), "paid") if len(rest) >= 2 else None
    wide = 4 if len(rest) == 16 else 2
    kind = rest[wide + 4]
    payment: Payment = "test" if kind & 0x40 else "free" if kind & 0x80 else "paid"
    return BeginSession(_amount(rest[:wide]), payment)


def _approved(rest: bytes) -> VendApproved | None:
    wide = 4 if len(rest) == 4 else 2
    return VendApproved(_amount(rest[:wide])) if len(rest) >= 2 else None


def _amount(data: bytes) -> int | None:
    value = int.from_bytes(data, "big")
    return None if value == (1 << 8 * len(data)) - 1 else value


def _item(data: bytes) -> int | None:
    value = int.from_bytes(data, "big")
    return None if value == UNKNOWN_ITEM else value


def _text(data: bytes) -> str:
    text = data.decode("ascii", "replace").replace("\0", " ").strip()
    return "".join(each for each in text if each.isascii() and each.isprintable())
