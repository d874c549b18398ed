"""Exports: what must stand in them, and what never may."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.readers import read
from firmware_bridge.contract.check_events import Amendment, Component, Intake, Withdrawal
from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.messages import Correction, SpectrumTaken
from hub import check_files, check_rows, look_up, public_counts, spectrum_files
from hub.check_files import Format
from hub.check_rows import Programme
from hub.check_samples import samples
from hub.errors import AccessError
from hub.store import Store
from tests.contract.check.test_amounts import amount
from tests.contract.check.test_facts import verdict
from tests.contract.samples import BODIES
from tests.hub.checks import world as w
from tests.hub.checks.world import Table

PROGRAMME = Programme("Programme", "ON", {"north": "North county"})
FORMATS: tuple[Format, ...] = ("unc", "json", "jcamp")
FOR_EVER_MS = 2**53


def exported(store: Store, form: Format, out: Path) -> str:
    with store.read() as transaction:
        found = samples(transaction, 0, FOR_EVER_MS)
        check_files.write(transaction, found, PROGRAMME, form, out)
    return "\n".join(f"{file.name}\n{file.read_text()}" for file in sorted(out.iterdir()))


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def everything(store: Store, folder: Path) -> str:
    """All that leaves by any of the exports."""
    told = [exported(store, form, folder / form) for form in FORMATS]
    with store.read() as transaction:
        known = list(samples(transaction, 0, FOR_EVER_MS))
    told.append(public_counts.as_csv(public_counts.counts(known, {}, "2027-06-01", 0, 2)))
    return "\n".join(told)


@settings(max_examples=8, deadline=None)
@given(
    of=st.lists(st.tuples(st.booleans(), st.sampled_from(["positive", "negative", "invalid"]))),
    change=st.sampled_from(["", "amended", "withdrawn"]),
)
def test_no_staff_no_time_of_day_no_reason_and_nothing_unreleased_leaves(
    tmp_path_factory: pytest.TempPathFactory, of: list[tuple[bool, str]], change: str
) -> None:
    folder = tmp_path_factory.mktemp("export")
    store = Store.open(f"sqlite:///{folder / 'hub.db'}", HandClock(w.NOW_MS))
    table = Table(store)
    may: set[str] = set()
    never: set[str] = set()
    for number, (release, result) in enumerate(of, 1):
        code = table.whole(number, result, release=release)  # type: ignore[arg-type]  # as above
        leaves = release and change != "withdrawn"
        (may if leaves else never).add(code)
        if release and change:
            _change(table, code, change)
    text = everything(store, folder)
    with store.read() as transaction:
        shown = {
            code: look_up.look_up(transaction, code, "es", w.NOW_MS, 90) for code in may | never
        }
    store.close()
    assert all(shown[code] is None for code in never)
    text += "".join(str(shown[code]) for code in may)
    for secret in (w.STAFF, "Zebulon", "ZQ", "13h37", w.CLOCK, str(w.START_MS)[:9], "PACK", "EFF"):
        assert secret not in text, secret
    assert "WHY" not in text
    assert not re.search(r"\d\d:\d\d|T\d\d", text)
    assert all(code in text for code in may)
    assert not any(code in text for code in never)


def _change(table: Table, code: str, change: str) -> None:
    if change == "amended":
        table.fact(code, amendment=Amendment(reason="WHY it changed"))
        word = Component(spectrum="", substance="caffeine", word="added", band="", reason="WHY")
        table.fact(code, component=word)
    else:
        event = table.heads[code][0]
        table.fact(code, withdrawal=Withdrawal(event=event, reason="WHY"))


def test_the_two_tables_have_the_columns_that_others_read(
    store: Store, table: Table, tmp_path: Path
) -> None:
    code = table.whole(1)
    findings = (w.found("Fentanyl", group="fentanyls"), w.found("xylazine", seen=False))
    table.fact(code, lab=w.answer(*findings))
    exported(store, "unc", tmp_path / "out")
    (row,) = rows_of(tmp_path / "out" / "analysis_dataset.csv")
    assert {"sampleid", "program", "county", "state", "date", "expectedsubstance"} <= set(row)
    assert (row["sampleid"], row["county"]) == (code, "North county")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"])
    assert (row["lab_fentanyl_any"], row["lab_xylazine_any"]) == ("1", "0")
    assert row["lab_medetomidine_any"] == "", "nobody said that it was looked for"
    assert (row["strip_fentanyls"], row["lab_status"]) == ("positive", "complete")
    details = rows_of(tmp_path / "out" / "lab_detail.csv")
    assert [(d["substance"], d["found"]) for d in details] == [("Fentanyl", "1"), ("xylazine", "0")]


def test_an_object_says_what_the_card_says_without_curves(
    store: Store, table: Table, tmp_path: Path
) -> None:
    code = table.whole(1)
    exported(store, "json", tmp_path / "out")
    told = json.loads((tmp_path / "out" / f"{code}.json").read_text())
    assert told["schema"] == check_rows.SCHEMA
    assert any("Found by test strip" in text for text in told["sentences"])
    (spectrum,) = told["spectra"]
    assert "measured" not in spectrum["findings"]
    assert spectrum["findings"]["targets"]


def test_an_object_has_the_amounts_of_the_card_and_no_other(
    store: Store, table: Table, tmp_path: Path
) -> None:
    code = w.code(1)
    table.fact(code, strip=w.dipped("positive"))
    table.spectrum(code, "one", amounts=(amount(), amount("lidocaine", 33.0, 30.0, 36.0)))
    yes = Component(spectrum="one", substance="caffeine", word="confirmed", band="", reason="")
    table.fact(code, component=yes)
    table.fact(code, release=w.released())
    text = exported(store, "json", tmp_path / "out")
    told = json.loads((tmp_path / "out" / f"{code}.json").read_text())
    (only,) = told["amounts"]
    assert (only["substance"], only["percent"]) == ("caffeine", 12.0)
    assert (only["low_percent"], only["high_percent"]) == (5.0, 19.0)
    assert only["calibrations"] == ["caffeine.npz abababababababab"]
    assert any("caffeine. It could be anything from 5" in each for each in told["sentences"])
    assert "lidocaine" not in text


def test_spectra_can_be_read_back(store: Store, table: Table, tmp_path: Path) -> None:
    code = table.whole(1)
    exported(store, "jcamp", tmp_path / "out")
    (spectrum,) = read(tmp_path / "out" / f"{code}.jdx")
    assert len(spectrum.values) >= 8
    assert code in (tmp_path / "out" / f"{code}.jdx").read_text()


def test_single_spectra_become_files_that_calibrate(
    store: Store, table: Table, tmp_path: Path
) -> None:
    base = BODIES["spectrum"]
    assert isinstance(base, SpectrumTaken)
    mended = (Correction(name="dark", done="subtracted"),)
    axis = tuple(650.0 + 4 * step for step in range(40))
    for name, technique, quantity, kind in (
        ("ir1", "ir", "absorbance", "ir-absorbance"),
        ("ra1", "raman", "counts", "raman"),
        ("ni1", "nir", "counts", "nir"),
        ("tr1", "ir", "counts", "counts"),
    ):
        taken = replace(
            base,
            check=name,
            technique=technique,  # type: ignore[arg-type]  # as in SpectrumTaken
            quantity=quantity,
            axis=axis,
            values=tuple(at / 4000 for at in axis),
            corrections=mended,
        )
        table.say(taken, "alpha")
        with store.read() as transaction:
            assert spectrum_files.write(transaction, [name, name], tmp_path / "out") == 1
        (spectrum,) = read(tmp_path / "out" / f"{name}.jdx")
        assert spectrum.kind == kind, "as the bridge predicts from it"
        assert spectrum.provenance["instrument"] == "SIM-1"
        assert spectrum.provenance["dark"] == "subtracted"
        assert spectrum.values.tolist() == list(taken.values)


@pytest.mark.parametrize("name", ["none", "../x", "a/b", ""])
def test_a_spectrum_that_is_not_known_writes_nothing(
    store: Store, table: Table, tmp_path: Path, name: str
) -> None:
    table.whole(1)
    out = tmp_path / "out"
    with store.read() as transaction:
        with pytest.raises(AccessError, match="no such spectrum"):
            spectrum_files.write(transaction, ["spectrum1", name], out)
        assert not out.exists()
        assert spectrum_files.write(transaction, ["spectrum1"], out) == 1
        before = (out / "spectrum1.jdx").read_bytes()
        with pytest.raises(AccessError, match="can't be written"):
            spectrum_files.write(transaction, ["spectrum1"], out)
    assert (out / "spectrum1.jdx").read_bytes() == before


def test_a_demonstration_never_leaves(store: Store, table: Table, tmp_path: Path) -> None:
    code = table.whole(1)
    table.spectrum(code, "play", verdict("fentanyls", "detected"), library_grade="demonstration")
    assert code not in everything(store, tmp_path)


def test_no_cell_is_a_formula(store: Store, table: Table, tmp_path: Path) -> None:
    code = w.code(1)
    bad = Intake(
        expected="=HYPERLINK(1)", form="@x", colour="+1", texture="-1", packaging="", effects=""
    )
    table.fact(code, intake=bad)
    table.fact(code, strip=w.dipped("positive"))
    table.fact(code, release=w.released())
    exported(store, "unc", tmp_path / "out")
    (row,) = rows_of(tmp_path / "out" / "analysis_dataset.csv")
    assert row["expectedsubstance"] == "'=HYPERLINK(1)"
    assert not any(cell.startswith(("=", "@", "+", "-")) for cell in row.values())


def test_only_an_empty_folder_is_written_to(store: Store, table: Table, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.csv").touch()
    with pytest.raises(AccessError, match="not empty"):
        exported(store, "unc", tmp_path / "out")
    with pytest.raises(AccessError, match="can't be written"):
        exported(store, "unc", Path("/proc/nothing/out"))
