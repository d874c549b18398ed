"""Instruments that do not know their calibration: it stands in the settings, with its origin."""

from pydantic import BaseModel, Field, model_validator

from firmware_bridge.drivers.readings import Fault, FaultReading
from firmware_bridge.framing.axis import numbers, wavelengths_nm
from firmware_bridge.framing.exchange import ReplyError

UNCALIBRATED = FaultReading(
    Fault.UNREADABLE,
    "the settings have no wavelength coefficients, and the instrument keeps none: the axis is in "
    "pixels",
    "Copy the coefficients of its certificate into wavelength_coefficients of this device.",
)


class CertificateSettings(BaseModel, extra="forbid", frozen=True):
    """What a certificate of calibration says of one instrument."""

    serial: str = Field(
        default="", max_length=40, description="Serial number, as the certificate says it."
    )
    wavelength_coefficients: str = Field(
        default="",
        max_length=300,
        description="c0 c1 ... of the certificate, nm, parted by spaces; none: axis in pixels.",
    )
    coefficients_from: str = Field(
        default="", max_length=120, description="Where the coefficients are from; needed with them."
    )
    first_pixel: int = Field(
        default=1, ge=0, le=1, description="The number that the certificate gives the first pixel."
    )

    @model_validator(mode="after")
    def _has_an_origin(self) -> "CertificateSettings":
        try:
            given = self.coefficients
        except ReplyError as error:
            raise ValueError(f"wavelength_coefficients: {error}") from error
        if given and not self.coefficients_from:
            raise ValueError("wavelength_coefficients need coefficients_from (where from?)")
        return self

    @property
    def coefficients(self) -> tuple[float, ...]:
        """The coefficients, lowest order first; () for none."""
        return numbers(self.wavelength_coefficients.replace(",", " ").split())

    def axis(self, pixels: int) -> tuple[tuple[float, ...], str]:
        """The axis of so many pixels, and its unit: "nm", or "pixel" where there is no calibration.

        Raises:
            ReplyError: the coefficients give no axis.
        """
        counted = range(self.first_pixel, self.first_pixel + pixels)
        if not self.coefficients:
            return tuple(float(number) for number in range(pixels)), "pixel"
        return wavelengths_nm(self.coefficients, counted), "nm"

    def details(self) -> dict[str, str]:
        """Where the axis is from, for the details of a reading."""
        return {"wavelengths from": self.coefficients_from or "none"}
