"""What VMC and cashless devices say to each other: bytes to values (MDB/ICP 4.2 section 7).

Addresses are 10h (cashless #1) and 60h (cashless #2); the command stands in the low three bits.
What a begin session tells of a card (media id, its data) is never decoded: it is nobody's business.
Prices are in units of the device's scale factor, as sent; None where the machine does not know.
"""

from dataclasses import dataclass
from typing import Literal

ADDRESSES = (0x10, 0x60)
UNKNOWN_ITEM = 0xFFFF
UNKNOWN_AMOUNT = 0xFFFF

FREE, TEST, NEGATIVE, TOKEN = 0x8000, 0x4000, 0x2000, 0x1000
CASH_ITEM_MASK = 0x0FFF
"""The top four bits of a cash sale's item number say what kind of sale it was."""

WANTS_CASH_SALE = 0x08
ALWAYS_IDLE = 0x20

Payment = Literal["paid", "free", "test", "unknown"]


@dataclass(frozen=True, slots=True)
class Reset:
    """x0: begin anew."""


@dataclass(frozen=True, slots=True)
class SetupConfig:
    """x1 00: the VMC's feature level (1 to 3)."""

    level: int


@dataclass(frozen=True, slots=True)
class SetupPrices:
    """x1 01: highest and lowest price that the VMC knows."""

    highest: int | None
    lowest: int | None


@dataclass(frozen=True, slots=True)
class Poll:
    """x2: anything new?"""


@dataclass(frozen=True, slots=True)
class VendRequest:
    """x3 00: somebody chose an item."""

    price: int | None
    item: int | None


@dataclass(frozen=True, slots=True)
class VendCancel:
    """x3 01: the request is taken back."""


@dataclass(frozen=True, slots=True)
class VendSuccess:
    """x3 02: the item has left the machine."""

    item: int | None


@dataclass(frozen=True, slots=True)
class VendFailure:
    """x3 03: nothing left the machine; the money is to be given back."""


@dataclass(frozen=True, slots=True)
class SessionComplete:
    """x3 04: the machine is done with this session."""


@dataclass(frozen=True, slots=True)
class CashSale:
    """x3 05: an item left the machine without this device's part.

    Attributes:
        price: what was paid.
        item: item number without its bits; None where unknown.
        payment: as its bits say; a token counts as paid; "unknown" where the item is.
        negative: something was taken back instead of given out.
    """

    price: int | None
    item: int | None
    payment: Payment
    negative: bool


@dataclass(frozen=True, slots=True)
class ReaderControl:
    """x4: "disable", "enable" or "cancel"."""

    what: str


@dataclass(frozen=True, slots=True)
class Identity:
    """x7 00 of a VMC, or 09 of a device: who it is.

    Attributes:
        maker: three letters.
        serial: up to twelve characters.
        model: up to twelve characters.
        features: feature bits of a level 3 device; None where not said.
    """

    maker: str
    serial: str
    model: str
    features: int | None = None


@dataclass(frozen=True, slots=True)
class EnableFeatures:
    """x7 04: which of the device's features are to be used."""

    features: int


@dataclass(frozen=True, slots=True)
class OtherCommand:
    """Revaluation, diagnostics, file transfer: seen, not needed."""


Command = (
    Reset
    | SetupConfig
    | SetupPrices
    | Poll
    | VendRequest
    | VendCancel
    | VendSuccess
    | VendFailure
    | SessionComplete
    | CashSale
    | ReaderControl
    | Identity
    | EnableFeatures
    | OtherCommand
)
"""One command of the VMC."""


@dataclass(frozen=True, slots=True)
class JustReset:
    """00: the device has begun anew."""


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """01: how the device counts.

    Attributes:
        level: feature level, 1 to 3.
        country: country or currency code, BCD: "1840" is the US dollar.
        scale: all prices are multiples of it.
        decimals: decimal places of prices.
        answer_s: how long the device may take to answer, seconds.
        options: bit 3: it wants to be told of cash sales.
    """

    level: int
    country: str
    scale: int
    decimals: int
    answer_s: int
    options: int


@dataclass(frozen=True, slots=True)
class BeginSession:
    """03: a session may begin.

    Attributes:
        funds: what can be spent; None for not known.
        payment: "free" or "test" for such a card (bits 7 and 6 of its type), else "paid".
    """

    funds: int | None
    payment: Payment


@dataclass(frozen=True, slots=True)
class VendApproved:
    """05: it may be vended."""

    amount: int | None


@dataclass(frozen=True, slots=True)
class Plain:
    """An answer without data that matters here.

    Attributes:
        what: "cancel-request" (04), "denied" (06), "end-session" (07), "cancelled" (08), "error"
            (0A), "out-of-sequence" (0B) or "other".
    """

    what: str


Reply = JustReset | ReaderConfig | BeginSession | VendApproved | Identity | Plain
"""One answer of a cashless device."""

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
    if len(rest) not in (2, 9, 16):
        return None
    wide = 4 if len(rest) == 16 else 2
    if len(rest) == 2:
        return BeginSession(_amount(rest), "paid")
    kind = rest[wide + 4]
    payment: Payment = "test" if kind & 0x40 else "free" if kind & 0x80 else "paid"
    return BeginSession(_amount(rest[:wide]), payment)


def _approved(rest: bytes) -> VendApproved | None:
    return VendApproved(_amount(rest)) if len(rest) in (2, 4) else None


def _amount(data: bytes) -> int | None:
    value = int.from_bytes(data, "big")
    return None if value == (1 << 8 * len(data)) - 1 else value


def _item(data: bytes) -> int | None:
    value = int.from_bytes(data, "big")
    return None if value == UNKNOWN_ITEM else value


def _text(data: bytes) -> str:
    text = data.decode("ascii", "replace").replace("\0", " ").strip()
    return "".join(each for each in text if each.isascii() and each.isprintable())
