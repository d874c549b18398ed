"""From JCAMP-DX text to spectra: which kinds of data are read, and in which units.

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151; Lampen et al., Appl. Spectrosc. 48
(1994) 1545 (the words of DATA TYPE, XUNITS and YUNITS).
"""

from collections.abc import Iterator

from analysis.errors import SpectrumError
from analysis.readers.errors import ReaderError, UnsupportedError
from analysis.readers.jcamp.blocks import Block, normalize_label, parse_blocks
from analysis.readers.jcamp.traces import read_trace
from analysis.spectrum import Spectrum

_NM_PER_MICROMETRE = 1e3
_NOT_SPECTRA = ("PEAK", "INTERFEROGRAM", "ASSIGNMENTS")
_WAVENUMBER_WORDS = {"1/CM", "CM1", "CM^1", "CM^(1)", "WAVENUMBER(CM1)", "WAVENUMBERS(CM1)"}
_NM_WORDS = {"NM", "NANOMETERS", "NANOMETRES", "WAVELENGTH(NM)"}
_MICROMETRE_WORDS = {"UM", "MICROMETERS", "MICROMETRES", "MICRONS"}
_KEPT = {
    "title": "TITLE",
    "data_type": "DATA TYPE",
    "x_unit": "XUNITS",
    "y_unit": "YUNITS",
    "instrument": "SPECTROMETER/DATA SYSTEM",
    "resolution": "RESOLUTION",
    "date": "DATE",
    "longdate": "LONG DATE",
    "processing": "DATA PROCESSING",
}


def read_jcamp(text: str) -> list[Spectrum]:
    """Read all spectra of a file.

    Blocks inside a LINK that hold something else (peaks, a structure) are passed over where there
    is at least one spectrum; a damaged one makes the whole file unreadable.

    Args:
        text: the whole file, lines parted by LF.

    Raises:
        ReaderError: the file is damaged or disagrees with itself.
        UnsupportedError: it holds no infrared, Raman or near-infrared spectrum.
    """
    spectra: list[Spectrum] = []
    others: list[UnsupportedError] = []
    for block in _leaves(parse_blocks(text)):
        try:
            spectra.append(read_block(block))
        except UnsupportedError as other:
            others.append(other)
    if not spectra:
        raise others[0] if others else UnsupportedError("the file holds no data", line=1)
    return spectra


def read_block(block: Block) -> Spectrum:
    """Read one block that is no LINK.

    Raises:
        ReaderError: as for `read_jcamp`.
    """
    kind = _kind(block)
    axis_unit, scale = _axis_unit(block)
    trace = read_trace(block)
    kept = {name: block.value(label) for name, label in _KEPT.items()}
    provenance = {name: value[:200] for name, value in kept.items() if value}
    if trace.missing:
        provenance["missing_points"] = str(trace.missing)
    version = block.value("JCAMP-DX") or block.value("JCAMPDX")
    provenance["format"] = f"JCAMP-DX {version[:20]}".strip()
    try:
        return Spectrum(trace.x * scale, trace.y, kind, axis_unit, **provenance)
    except SpectrumError as problem:
        raise ReaderError(str(problem), line=block.line) from problem


def _leaves(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.is_link:
            yield from _leaves(block.children)
        else:
            yield block


def _kind(block: Block) -> str:
    data_type = block.value("DATA TYPE").upper()
    line = block.line
    if any(word in data_type for word in _NOT_SPECTRA):
        raise UnsupportedError(f"DATA TYPE {data_type[:60]!r} is no spectrum", line=line)
    if "RAMAN" in data_type:
        return "raman"
    if data_type.startswith("NIR") or "NEAR" in data_type:
        return "nir"
    if "INFRARED" in data_type or data_type.replace("-", "").split(" ")[0] in {"FTIR", "IR"}:
        return _infrared_kind(block)
    raise UnsupportedError(
        f"DATA TYPE {data_type[:60]!r} is not read; infrared, Raman and near-infrared are",
        line=line,
    )


def _infrared_kind(block: Block) -> str:
    unit = block.value("YUNITS").upper()
    if "TRANSMI" in unit or unit in {"%T", "T"}:
        return "ir-transmittance"
    # Absorption per concentration and path, as in the quantitative spectra of NIST, is
    # absorbance but for a factor.
    if "ABSORB" in unit or unit in {"A", "A.U.", "LOG(1/R)"} or "BASE 10" in unit:
        return "ir-absorbance"
    raise UnsupportedError(
        f"YUNITS {unit[:60]!r} is neither absorbance nor transmittance", line=block.line
    )


def _axis_unit(block: Block) -> tuple[str, float]:
    """The unit of our axis, and what X has to be multiplied with."""
    unit = normalize_label(block.value("XUNITS"))
    raw = "".join(block.value("XUNITS").upper().split())
    if raw in _WAVENUMBER_WORDS or unit in _WAVENUMBER_WORDS:
        return "cm-1", 1.0
    if unit in _NM_WORDS:
        return "nm", 1.0
    if unit in _MICROMETRE_WORDS:
        return "nm", _NM_PER_MICROMETRE
    raise UnsupportedError(f"XUNITS {raw[:60]!r} is not read; 1/CM, nm and um are", line=block.line)
