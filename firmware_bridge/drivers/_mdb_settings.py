"""What can be set for a machine on MDB."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from firmware_bridge.framing.mdb import NON_RESPONSE_S
from firmware_bridge.framing.mdb_adapter import Plan
from firmware_bridge.framing.mdb_items import Items, checked_format
from firmware_bridge.framing.mdb_turn import Rules

Selection = Annotated[str, Field(min_length=1, max_length=40)]
ItemNumber = Annotated[int, Field(ge=0, le=65_534)]
AdapterName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
AdapterValue = Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,40}$")]


class Settings(BaseModel, extra="forbid", frozen=True):
    """What can be set for a machine on MDB."""

    mode: Literal["observe", "cashless"] = Field(
        default="observe",
        description="observe: only listen; cashless: be a cashless device that allows free vends.",
    )
    flow: Literal["code-first", "selection-first", "both"] = Field(
        default="both",
        description="What comes first for a free vend: the code, the selection, or either.",
    )
    cashless_address: Literal["10", "60"] = Field(
        default="10", description="Which cashless device to be: 10 (the first) or 60 (the second)."
    )
    currency_code: str = Field(
        default="",
        pattern=r"^(1[0-9]{3})?$",
        description="Currency told to the machine, 1 and its ISO number (1840 US dollar).",
    )
    currency_decimals: int = Field(
        default=2, ge=0, le=3, description="Decimal places of the currency."
    )
    scale_factor: int = Field(
        default=1, ge=1, le=100, description="Prices on the bus are multiples of this."
    )
    funds: Decimal = Field(
        default=Decimal("99.99"),
        ge=0,
        le=65_534,
        decimal_places=3,
        description="What a session offers; nothing dearer is approved.",
    )
    items: dict[ItemNumber, Selection] = Field(
        default_factory=dict, description="Selections of single item numbers, such as 5 = A5."
    )
    item_format: Annotated[str, AfterValidator(checked_format)] = Field(
        default="{item}",
        description="Selection of every other number, from {item}, {high}, {low}, {letter}.",
    )
    answer_s: float = Field(
        default=20.0,
        ge=1.0,
        le=240.0,
        description="Seconds in which a selection that was made first can be approved.",
    )
    choose_s: float = Field(
        default=60.0,
        ge=5.0,
        le=600.0,
        description="Seconds to choose in after a code, and again after each item.",
    )
    result_s: float = Field(
        default=120.0,
        ge=10.0,
        le=900.0,
        description="Seconds after which an approved vend without a result counts as vended.",
    )
    check_s: float = Field(
        default=30.0, ge=5.0, le=600.0, description="How often the adapter is asked for a sign."
    )
    bus_wait_s: float = Field(
        default=30.0,
        ge=5.0,
        le=3600.0,
        description="Seconds of silence on the bus before it is a fault.",
    )
    disabled_wait_s: float = Field(
        default=120.0,
        ge=1.0,
        le=86_400.0,
        description="Seconds with the reader switched off by the machine before it is told.",
    )
    sniff: bool = Field(
        default=True, description="As a cashless device too, hear cash sales and other readers."
    )
    session_events: bool = Field(
        default=True, description="Tell when sessions begin and end, as events."
    )
    deny_command: Literal["C,STOP", "C,VEND,-1"] = Field(
        default="C,STOP", description="What denies a vend; some firmware wants C,VEND,-1."
    )
    adapter_settings: dict[AdapterName, AdapterValue] = Field(
        default_factory=dict, description="Further settings of the adapter, by its own names."
    )

    def items_map(self) -> Items:
        """How item numbers become selections."""
        return Items(self.items, self.item_format)

    def plan(self) -> Plan:
        """How the adapter is to be set up."""
        cashless = self.mode == "cashless"
        settings = tuple(self._adapter_settings().items()) if cashless else ()
        return Plan(settings, cashless, self.sniff or not cashless, self.check_s)

    def rules(self) -> Rules:
        """How sessions go."""
        return Rules(
            funds=self.funds,
            code_first=self.flow != "selection-first",
            selection_first=self.flow != "code-first",
            answer_s=self.answer_s,
            choose_s=self.choose_s,
            result_s=self.result_s,
            deny=self.deny_command,
        )

    def _adapter_settings(self) -> dict[str, str]:
        """The machine is told to wait for us a little longer than we wait for an answer."""
        settings = {
            "mdb-always-idle": "0" if self.flow == "code-first" else "1",
            "mdb-cashsale-enabled": "1",
            "mdb-decimal-places": str(self.currency_decimals),
            "mdb-scale-factor": str(self.scale_factor),
            "mdb-timeout": str(round(self.answer_s + NON_RESPONSE_S)),
        }
        if self.currency_code:
            settings["mdb-currency-code"] = f"0x{self.currency_code}"
        if self.cashless_address != "10":
            settings["mdb-address"] = f"0x{self.cashless_address}"
        return settings | self.adapter_settings
