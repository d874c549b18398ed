"""What can be set for a DEX machine; docs/drivers/dex.md lists it."""

from pydantic import BaseModel, Field


class Settings(BaseModel, extra="forbid", frozen=True):
    """What can be set for a DEX machine."""

    poll_interval_s: float = Field(
        default=300.0, ge=1.0, le=86_400.0, description="Seconds from one read to the next."
    )
    attempts: int = Field(
        default=3, ge=1, le=10, description="Whole reads tried before it is a fault."
    )
    retry_pause_s: float = Field(
        default=2.5, ge=0.1, le=60.0, description="Pause between two of these, in seconds."
    )
    comm_id: str = Field(
        default="HBL0000001",
        pattern=r"^[A-Z0-9]{10}$",
        description="Our communication identifier: three letters and seven digits, or ten digits.",
    )
    revision: str = Field(
        default="R01L01",
        pattern=r"^R[0-9]{2}L[0-9]{2}$",
        description="Revision and level we ask for: R01L01, or R00L06 for some 6.x machines.",
    )
    turnaround_s: float = Field(
        default=0.02, ge=0.01, le=0.5, description="Pause before each answer of ours, in seconds."
    )
    session_wait_s: float = Field(
        default=4.0,
        ge=1.0,
        le=30.0,
        description="How long the machine may take to open its session.",
    )
    max_audit_bytes: int = Field(
        default=262_144, ge=1024, le=1_048_576, description="A longer audit is refused."
    )
    hold_max_s: float = Field(
        default=120.0,
        ge=1.0,
        le=3600.0,
        description="So long `hold` keeps reads back at most, if no `release` comes.",
    )
    accept_pushes: bool = Field(
        default=True, description="Answer when the machine calls by itself to push events."
    )
    text_encoding: str = Field(
        default="latin-1",
        pattern=r"^(latin-1|cp125[0-8]|utf-8)$",
        description="Alphabet of product texts above ASCII: latin-1, cp1250 to cp1258, utf-8.",
    )
