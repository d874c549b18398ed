"""The commands of a VMC to cashless devices, and their answers, as values (MDB/ICP 4.2 section 7).

Prices are in units of the device's scale factor, as sent; None where the machine does not know.
What a begin session tells of a card (media id, its data) has no field: it is nobody's business.
"""

from dataclasses import dataclass
from typing import Literal

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
