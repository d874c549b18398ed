"""Which format a file is of, by what is in it and never by its name."""

from analysis.readers.errors import UnsupportedError
from analysis.readers.opus.directory import MAGIC as OPUS_MAGIC
from analysis.readers.spa import MAGIC as SPA_MAGIC
from analysis.readers.spc.header import NEW_BIG, NEW_LITTLE, OLD, SHIMADZU

OPUS, SPA, SPC, TEXT = "Bruker OPUS", "Thermo SPA", "Galactic SPC", "text"

# What other files begin with, and what to do.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"Spectral ", "an OMNIC group or series is not read; save each spectrum as SPA"),
    (b"PK\x03\x04", "this is an archive or a spreadsheet; save the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "this is an old spreadsheet or a JASCO file; save it as CSV or JCAMP-DX"),
    (b"%PDF", "this is a PDF; export the numbers as JCAMP-DX"),
    (b"\x1f\x8b", "this is a compressed file; unpack it first"),
    (b"WDF1", "a Renishaw WDF file is not read; save it as SPC or text"),
    (
        b"CDF\x01",
        "this is a netCDF file (ANDI), as of mass spectra and chromatograms; it is not read",
    ),
    (b"\x89HDF", "this is an HDF5 file; export JCAMP-DX or CSV"),
    (b"PEPE", "a PerkinElmer SP file is not read; save it as JCAMP-DX or ASCII"),
    (b"\x89PNG", "this is a picture"),
    (b"\xff\xd8\xff", "this is a picture"),
    (b"<?xml", "this is XML (mzML, a report); export JCAMP-DX or CSV"),
    (b"{", "this is JSON; export JCAMP-DX or CSV"),
)
# Words that a text may begin with too: there a NUL has to tell.
_BINARY_WITHIN = 1000
_SPC_VERSIONS = frozenset({NEW_LITTLE, NEW_BIG, OLD})


def recognise(raw: bytes) -> str:
    """One of `OPUS`, `SPA`, `SPC` and `TEXT`.

    Raises:
        UnsupportedError: a format that is known and not read.
    """
    if raw.startswith(OPUS_MAGIC):
        return OPUS
    if raw.startswith(SPA_MAGIC):
        return SPA
    for magic, reason in _OTHERS:
        is_text = magic.isalpha() or magic == b"Spectral "
        if raw.startswith(magic) and (not is_text or b"\0" in raw[:_BINARY_WITHIN]):
            raise UnsupportedError(reason, byte=0)
    # The header of an SPC file is never without NUL; text always is.
    if len(raw) > 1 and b"\0" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        if raw[1] in _SPC_VERSIONS:
            return SPC
        if raw[1] == SHIMADZU:
            raise UnsupportedError("a Shimadzu SPC file is another format; save it as text", byte=1)
    return TEXT
