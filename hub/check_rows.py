"""Samples as rows and objects for others. Pure.

The column names of the two tables are those of the public data of the University of North
Carolina's laboratory (`analysis_dataset` and `lab_detail`), so that what reads those reads these;
columns of our own come after them. A `lab_..._any` is 1 where a laboratory found it, 0 where it
looked for it and did not, and empty where nobody says that it looked.

Text that a person typed freely about packaging and effects, reasons, and who entered what, stay
here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from firmware_bridge.contract.check.reconcile import GROUPS
from firmware_bridge.contract.check.say import say, statements
from firmware_bridge.contract.check_events import LabFinding
from hub.check_samples import Sample

Cell = str | int | float
SCHEMA = "harborlight-check/1"
NOTICE = (
    "Results of drug checking: presumptive, for health alone. No medical advice, no forensic "
    "evidence, no certificate. What was not detected can still be there."
)
_FLAGS = {
    "lab_fentanyl_any": "fentanyl",
    "lab_carfentanil_any": "carfentanil",
    "lab_xylazine_any": "xylazine",
    "lab_medetomidine_any": "medetomidine",
    "lab_btmps_any": "BTMPS",
    "lab_cocaine_any": "cocaine",
    "lab_meth_any": "methamphetamine",
}
_GROUP_FLAGS = {"lab_nitazene_any": "nitazenes", "lab_benzodiazepine_any": "benzodiazepines"}
SAMPLE_COLUMNS = (
    *("sampleid", "program", "state", "county", "date", "expectedsubstance", "color", "texture"),
    *_FLAGS,
    *_GROUP_FLAGS,
    *("form", "card_state", "lab_status", "lab_method"),
    *(f"{what}_{group}" for group in GROUPS for what in ("strip", "spectrum", "outcome")),
)
DETAIL_COLUMNS = (
    *("sampleid", "substance", "method", "abundance"),
    *("found", "percent", "low_percent", "high_percent", "limit_percent"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Programme:
    """Whose samples these are."""

    name: str
    state: str
    areas: Mapping[str, str]


def sample_row(sample: Sample, programme: Programme, names: "Names") -> dict[str, Cell]:
    """One line of `analysis_dataset.csv`."""
    intake = sample.record.intake
    complete = [lab for lab in sample.record.labs if lab.state == "complete"]
    found = [each for lab in complete for each in lab.findings]
    row: dict[str, Cell] = {
        "sampleid": sample.record.code,
        "program": programme.name,
        "state": programme.state,
        "county": programme.areas.get(sample.site, ""),
        "date": sample.day,
        "expectedsubstance": intake.expected,
        "color": intake.colour,
        "texture": intake.texture,
        "form": intake.form,
        "card_state": sample.record.state,
        "lab_status": sample.laboratory,
        "lab_method": "; ".join(dict.fromkeys(lab.method for lab in complete if lab.method)),
    }
    row |= {flag: _flag(found, names[name]) for flag, name in _FLAGS.items()}
    row |= {flag: _group_flag(found, group) for flag, group in _GROUP_FLAGS.items()}
    for one in sample.facts.standings:
        row[f"strip_{one.group}"] = one.strip
        row[f"spectrum_{one.group}"] = one.spectrum.says
        row[f"outcome_{one.group}"] = one.outcome
    return {column: harmless(row[column]) for column in SAMPLE_COLUMNS}


def detail_rows(sample: Sample) -> Iterable[dict[str, Cell]]:
    """The lines of `lab_detail.csv`. `abundance` stays empty: no peak heights are known here."""
    for lab in sample.record.labs:
        for each in lab.findings if lab.state == "complete" else ():
            row: dict[str, Cell | None] = {
                "sampleid": sample.record.code,
                "substance": each.substance,
                "method": lab.method,
                "abundance": "",
                "found": int(each.found),
                "percent": each.amount_percent,
                "low_percent": each.low_percent,
                "high_percent": each.high_percent,
                "limit_percent": each.limit_percent,
            }
            yield {name: "" if cell is None else harmless(cell) for name, cell in row.items()}


def sample_object(sample: Sample, programme: Programme) -> dict[str, object]:
    """One sample for a program: what is known, what may be said, findings without curves."""
    intake = sample.record.intake
    said = statements(sample.facts)
    return {
        "schema": SCHEMA,
        "notice": NOTICE,
        "sampleid": sample.record.code,
        "program": programme.name,
        "state": programme.state,
        "county": programme.areas.get(sample.site, ""),
        "date": sample.day,
        "card_state": sample.record.state,
        "conflicts": len(sample.record.conflicts),
        "intake": {
            "expectedsubstance": intake.expected,
            "form": intake.form,
            "color": intake.colour,
            "texture": intake.texture,
        },
        "strips": [asdict(strip) for strip in sample.record.strips],
        "components": [
            {name: value for name, value in asdict(word).items() if name != "reason"}
            for word in sample.record.components
        ],
        "laboratory": [asdict(lab) for lab in sample.record.labs],
        "standings": [asdict(one) for one in sample.facts.standings],
        "statements": [{"key": each.key, "values": dict(each.values)} for each in said],
        "amounts": [asdict(each) for each in sample.facts.amounts],
        "sentences": [text for each in said if (text := say(each, "en", "full"))],
        "spectra": [
            {"id": each.spectrum, "findings": _without_curves(asdict(each.findings))}
            for each in sample.sightings
        ],
    }


Names = Mapping[str, frozenset[str]]
"""All names of each substance that has a column, in small letters."""


def flagged_substances() -> tuple[str, ...]:
    """The substances that have columns of their own."""
    return tuple(_FLAGS.values())


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


def _flag(found: list[LabFinding], names: frozenset[str]) -> Cell:
    own = [each.found for each in found if _folded(each.substance) in names]
    return int(any(own)) if own else ""


def _group_flag(found: list[LabFinding], group: str) -> Cell:
    own = [each.found for each in found if each.group == group]
    return int(any(own)) if own else ""


def _folded(name: str) -> str:
    """As `analysis.substances.folded` does it."""
    return "".join(c for c in name.casefold() if c not in " -_'\N{RIGHT SINGLE QUOTATION MARK}")


def _without_curves(findings: dict[str, object]) -> dict[str, object]:
    """Nor with what a calibration said of one spectrum: only what a card may say leaves."""
    left_out = ("axis", "measured", "fit", "residual", "axis_unit", "amounts")
    return {name: value for name, value in findings.items() if name not in left_out}
