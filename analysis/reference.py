"""One library entry: a spectrum, and what it is a spectrum of."""

from dataclasses import dataclass
from hashlib import sha256

from analysis.errors import LibraryError
from analysis.spectrum import Spectrum


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference spectrum of one substance.

    Several references per substance, from several instruments, are normal.

    Attributes:
        spectrum: as measured (or rebuilt from a band table).
        substance: its name; entries of the same name are the same substance.
        family: its class, such as "fentanyls"; targets are tested with their whole family left
            out of the background. A substance that has no class of its own is its own family.
        form: salt or base, when known ("HCl", "base", ...).
        inchikey: identifies the substance, when known.
        instrument: what it was measured with.
        source: where it comes from.
        licence: what may be done with it.
        cas: CAS registry number, when known.
        pubchem: PubChem compound number, when known.
    """

    spectrum: Spectrum
    substance: str
    family: str
    form: str | None = None
    inchikey: str | None = None
    instrument: str | None = None
    source: str | None = None
    licence: str | None = None
    cas: str | None = None
    pubchem: str | None = None

    def __post_init__(self) -> None:
        for name in ("substance", "family"):
            if not getattr(self, name).strip():
                raise LibraryError(f"a reference needs a {name}; it is empty")

    def content_key(self) -> str:
        """A hash of the spectrum alone: the order of a library, whatever its entries are named."""
        digest = sha256(f"{self.spectrum.kind} {self.spectrum.axis_unit}".encode())
        digest.update(self.spectrum.axis.astype("<f8").tobytes())
        digest.update(self.spectrum.values.astype("<f8").tobytes())
        return digest.hexdigest()
