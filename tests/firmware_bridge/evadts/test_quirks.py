"""Every quirk that was seen in real files, each in a small audit of its own."""

import pytest

from firmware_bridge.evadts.audit import Audit
from firmware_bridge.evadts.parser import parse_audit
from tests.firmware_bridge.evadts.building import audit


def small_g85(raw: bytes) -> bytes:
    place = raw.index(b"G85*") + 4
    return raw[:place] + raw[place : place + 4].lower() + raw[place + 4 :]


def names(parsed: Audit) -> list[str]:
    return [warning.name for warning in parsed.warnings]


SIXTEEN: list[tuple[str, bytes, str]] = [
    ("1 stored with LF", audit("PA1*1", "PA2*5", end="\n"), "line-ends"),
    ("2 wrong SE01", audit("PA1*1", "PA2*5", count=236), "segment-count"),
    ("3 Necta: interval counts", audit("PA1*1", "PA2***129*0"), "interval-counts-only"),
    ("3 Necta: no PA101", audit("PA1**1*5", "PA2*5"), "selection-id-empty"),
    ("4 wrong G85", audit("PA1*1", "PA2*5", g85="0000"), "checksum-wrong"),
    ("5 small G85", small_g85(audit("PA1*1", "PA2*5")), "checksum-lower-case"),
    ("6 envelope before DXS", b"<000|41|x|>" + audit("PA1*1", "PA2*5"), "envelope"),
    ("7 no G85", audit("PA1*1", "PA2*5", tail=False), "no-g85"),
    ("7 no SE", audit("PA1*1", "PA2*5", tail=False), "no-se"),
    ("7 no DXE", audit("PA1*1", "PA2*5", tail=False), "no-dxe"),
    ("7 MC5 before DXS", b"MC5*X\r\n" + audit("PA1*1", "PA2*5"), "segment-before-dxs"),
    ("8 no ST", audit("PA1*1", "PA2*5", st=None), "no-st"),
    ("9 numbers left out", audit("PA1*1", "PA1*2", "PA1*5"), "selection-numbers-missing"),
    ("10 clock in 2037", audit("ID5*20370101*0000"), "clock-implausible"),
    ("10 six digits", audit("ID5*261123*0000"), "date-without-century"),
    ("11 asterisks", audit("PA1*1", dxs="DXS*9259630009*VA*V1/1*1**"), "dxs-more-fields"),
    ("12 DXS04", audit("PA1*1", dxs="DXS*9259630009*VA*V1/1*2"), "dxs-control-number"),
    ("13 no price list", audit("PA1*1", "PA7*1*CA**0*5*0*1*0"), "price-list-unnamed"),
    ("13 price list 0", audit("PA1*1", "PA7*1*CA*0*0*5*0*1*0"), "price-list-unnamed"),
    ("14 all ones", audit("PA1*1", "PA2*4294967295"), "undefined-value"),
    ("15 a blank in the selection", audit("PA1*COL 1", "PA2*5"), "selection-id-unusual"),
    ("15 a long selection", audit("PA1*COLUMN1", "PA2*5"), "selection-id-unusual"),
]
"""The quirks that were seen in real files. Number 16, that what can't be read is told apart from
what can't be parsed, is the driver's: tests/firmware_bridge/drivers/test_dex.py."""


@pytest.mark.parametrize(("quirk", "raw", "name"), SIXTEEN, ids=[row[0] for row in SIXTEEN])
def test_each_quirk_is_taken_and_named_alone(quirk: str, raw: bytes, name: str) -> None:
    parsed = parse_audit(raw)
    companions = {"no-g85", "no-se", "no-dxe"} if quirk.startswith("7 no") else set[str]()
    assert set(names(parsed)) == {name} | companions


def test_an_audit_without_a_quirk_has_no_warning() -> None:
    assert names(parse_audit(audit("PA1*1", "PA2*5"))) == []


def test_a_file_stored_with_lf_verifies() -> None:
    parsed = parse_audit(audit("PA1*1", "PA2*5", end="\n"))
    assert parsed.checksum_ok is True
    assert names(parsed) == ["line-ends"]


def test_a_wrong_segment_count_is_only_named() -> None:
    parsed = parse_audit(audit("PA1*1", "PA2*5", count=236))
    assert parsed.checksum_ok is True
    assert names(parsed) == ["segment-count"]
    assert parsed.warnings[0].line == 6


def test_necta_sends_interval_counts_alone() -> None:
    (selection,) = parse_audit(audit("PA1*7*50", "PA2***129*0")).selections
    assert selection.paid_vends is None
    assert selection.paid_vends_since_reset == 129


def test_necta_leaves_the_selection_empty_and_numbers_it_in_the_next_field() -> None:
    parsed = parse_audit(audit("PA1**1*5", "PA2***129*0", "PA1**2*5", "PA2***3*0"))
    assert [s.selection_id for s in parsed.selections] == ["1", "2"]
    assert [s.price_minor for s in parsed.selections] == [None, None]
    assert names(parsed) == ["selection-id-empty"] * 2 + ["interval-counts-only"]


def test_empty_selections_that_cannot_be_told_apart_are_kept_apart_by_place() -> None:
    parsed = parse_audit(audit("PA1**50", "PA2*1", "PA1**50", "PA2*2"))
    assert [(s.selection_id, s.paid_vends) for s in parsed.selections] == [("#1", 1), ("#2", 2)]


def test_a_lower_case_checksum_is_taken() -> None:
    right = audit("PA1*1", "PA2*5")
    place = right.index(b"G85*") + 4
    lower = right[:place] + right[place : place + 4].lower() + right[place + 4 :]
    assert lower != right, "a checksum without letters proves nothing"
    parsed = parse_audit(lower)
    assert parsed.checksum_ok is True
    assert names(parsed) == ["checksum-lower-case"]


def test_a_wrong_checksum_is_named_and_the_figures_are_kept() -> None:
    parsed = parse_audit(audit("PA1*1", "PA2*5", g85="0000"))
    assert (parsed.checksum_ok, parsed.selections[0].paid_vends) == (False, 5)
    assert names(parsed) == ["checksum-wrong"]


def test_a_checksum_with_its_bytes_swapped_is_taken_and_named() -> None:
    right = audit("PA1*1", "PA2*5")
    place = right.index(b"G85*") + 4
    said = right[place : place + 4]
    parsed = parse_audit(right.replace(said, said[2:] + said[:2]))
    assert parsed.checksum_ok is True
    assert names(parsed) == ["checksum-swapped"]


@pytest.mark.parametrize("said", ["", "12", "XYZW", "12345"])
def test_a_checksum_that_is_none_is_wrong(said: str) -> None:
    parsed = parse_audit(audit("PA1*1").replace(b"G85*", b"G85*" + said.encode() + b"*"))
    assert parsed.checksum_ok is False
    assert names(parsed) == ["checksum-malformed"]


def test_an_envelope_of_a_carrier_before_dxs_is_cut_off() -> None:
    parsed = parse_audit(b"<000|41|x|>" + audit("PA1*1"))
    assert parsed.identity.comm_id == "HBL0000001"
    assert parsed.checksum_ok is True
    assert names(parsed) == ["envelope"]


def test_a_file_without_any_closing_segment_is_parsed() -> None:
    parsed = parse_audit(audit("PA1*1", "PA2*5", tail=False))
    assert parsed.selections[0].paid_vends == 5
    assert names(parsed) == ["no-g85", "no-se", "no-dxe"]


def test_a_segment_before_dxs_is_named() -> None:
    parsed = parse_audit(b"MC5*SiLine*EvaData\r\n" + audit("PA1*1"))
    assert parsed.checksum_ok is True
    assert names(parsed) == ["segment-before-dxs"]


def test_a_file_without_st_has_a_checksum_that_cannot_be_told() -> None:
    parsed = parse_audit(audit("PA1*1", "PA2*5", st=None))
    assert parsed.checksum_ok is None
    assert parsed.selections[0].paid_vends == 5
    assert names(parsed) == ["no-st"]


def test_selections_that_are_left_out_of_a_count_are_named() -> None:
    parsed = parse_audit(audit("PA1*1", "PA1*2", "PA1*5", "PA1*6"))
    assert [s.selection_id for s in parsed.selections] == ["1", "2", "5", "6"]
    assert names(parsed) == ["selection-numbers-missing"]
    assert "3, 4 are not" in parsed.warnings[0].detail


@pytest.mark.parametrize("ids", [("10", "12", "20"), ("A1", "A3"), ("1", "101", "102"), ()])
def test_gaps_mean_nothing_where_selections_are_named_by_their_place(ids: tuple[str, ...]) -> None:
    assert names(parse_audit(audit("VA1*0*0*0*0", *(f"PA1*{each}" for each in ids)))) == []


def test_a_clock_in_2037_is_kept_and_named() -> None:
    parsed = parse_audit(audit("ID5*20370101*0000"))
    assert parsed.clock_date == "20370101"
    assert names(parsed) == ["clock-implausible"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("261123", ["date-without-century"]),
        ("20261123", []),
        ("261323", ["date-without-century", "clock-not-a-date"]),
        ("yesterday", ["clock-not-a-date"]),
        ("2026-1-1", ["clock-not-a-date"]),
    ],
)
def test_dates_have_6_or_8_digits(day: str, expected: list[str]) -> None:
    assert names(parse_audit(audit(f"ID5*{day}*0000"))) == expected


def test_asterisks_behind_dxs_are_only_named() -> None:
    parsed = parse_audit(audit("PA1*1", dxs="DXS*9259630009*VA*V1/1*1**"))
    assert (parsed.identity.comm_id, names(parsed)) == ("9259630009", ["dxs-more-fields"])


def test_another_control_number_is_named() -> None:
    parsed = parse_audit(audit("PA1*1", dxs="DXS*9259630009*VA*V1/1*2"))
    assert names(parsed) == ["dxs-control-number"]


@pytest.mark.parametrize("price_list", ["", "0"])
def test_the_price_list_of_pa7_may_be_empty_or_0(price_list: str) -> None:
    parsed = parse_audit(audit("PA1*1", f"PA7*1*CA*{price_list}*0*5*0*1*0"))
    assert parsed.selections[0].paid_vends == 5
    assert names(parsed) == ["price-list-unnamed"]


def test_all_ones_is_undefined_and_not_four_milliard() -> None:
    parsed = parse_audit(audit("PA1*1*4294967295", "PA2*4294967295*0*3*0"))
    (selection,) = parsed.selections
    assert (selection.paid_vends, selection.price_minor) == (None, None)
    assert names(parsed) == ["undefined-value"] * 2 + ["interval-counts-only"]


def test_an_undefined_device_does_not_spoil_the_sum_of_the_others() -> None:
    lines = ["PA7*1*CA*0*0*5*0*1*0", "PA7*1*DA*0*0*4294967295*0*0*0"]
    assert parse_audit(audit("PA1*1", *lines)).selections[0].paid_vends == 5


@pytest.mark.parametrize("selection_id", ["A1", "COL 1", "501", "\u00e91"])
def test_selections_may_be_letters_and_have_blanks(selection_id: str) -> None:
    parsed = parse_audit(audit(f"PA1*{selection_id}", f"PA7*{selection_id}*CA*1*0*5*0*1*0"))
    assert [(s.selection_id, s.paid_vends) for s in parsed.selections] == [(selection_id, 5)]
    assert ("selection-id-unusual" in names(parsed)) == (" " in selection_id)


def test_a_segment_glued_to_the_checksum_is_parted() -> None:
    raw = audit("PA1*1").replace(b"\r\nSE*", b"SE*")
    parsed = parse_audit(raw)
    assert parsed.checksum_ok is True
    assert names(parsed) == ["segment-glued"]


def test_animo_counts_more_since_reset_than_in_its_life() -> None:
    parsed = parse_audit(audit("PA1*1", "PA2*412*41200*2655"))
    assert names(parsed) == ["since-reset-exceeds-lifetime"]
    assert parsed.selections[0].paid_vends == 412


def test_a_selection_listed_twice_with_the_same_figures_stands_once() -> None:
    parsed = parse_audit(audit("PA1*1*50", "PA2*5", "PA1*1*50", "PA2*5"))
    assert [s.paid_vends for s in parsed.selections] == [5]
    assert names(parsed) == ["duplicate-selection"]


def test_a_selection_listed_twice_with_other_figures_has_no_count() -> None:
    parsed = parse_audit(audit("PA1*1*50", "PA2*5", "PA1*1*60", "PA2*6"))
    (selection,) = parsed.selections
    assert selection.paid_vends is None
    assert selection.price_minor == 50
    assert names(parsed) == ["duplicate-selection", "contradiction", "contradiction"]


def test_a_device_listed_twice_with_other_figures_is_not_added_up() -> None:
    lines = ["PA1*1", "PA7*1*CA*1*0*5*0*1*0", "PA7*1*CA*1*0*6*0*1*0"]
    parsed = parse_audit(audit(*lines))
    assert parsed.selections[0].paid_vends is None
    assert names(parsed) == ["contradiction"]


def test_a_second_audit_behind_the_first_doubles_nothing() -> None:
    one = audit("PA1*1", "PA2*5", "EA1*EGS*261101*1200")
    parsed = parse_audit(one + one)
    assert [s.paid_vends for s in parsed.selections] == [5]
    assert len(parsed.events) == 1
    assert names(parsed) == ["after-dxe"]


def test_loops_of_version_1_part_selections() -> None:
    parsed = parse_audit(audit("LS*0001", "PA1*1", "PA2*5", "LE*0001", "PA2*9"))
    assert [s.paid_vends for s in parsed.selections] == [5]
    assert names(parsed) == ["orphan-segment"]


def test_bytes_above_ascii_are_kept_and_named() -> None:
    parsed = parse_audit(audit("PA1*1*0*CAF\u00c9"))
    assert parsed.selections[0].product == "CAF\u00c9"
    assert names(parsed) == ["non-ascii"]


def test_escaped_bytes_are_undone_after_the_fields_are_parted() -> None:
    parsed = parse_audit(audit("PA1*1*0*A^2A^B"))
    assert parsed.selections[0].product == "A*B"
    assert names(parsed) == []


def test_control_characters_never_reach_a_screen() -> None:
    parsed = parse_audit(audit("PA1*1*0*A^1B^[2JB\x07"))
    assert parsed.selections[0].product == "A [2JB"
    assert names(parsed) == ["control-characters"]


def test_a_last_line_that_may_be_cut_is_not_used() -> None:
    parsed = parse_audit(audit("PA1*1", tail=False) + b"PA2*41")
    assert parsed.selections[0].paid_vends is None
    assert "truncated" in names(parsed)


def test_a_last_line_that_is_known_to_be_whole_is_used() -> None:
    parsed = parse_audit(audit("PA1*1", tail=False) + b"PA2*41", ended=True)
    assert parsed.selections[0].paid_vends == 41


@pytest.mark.parametrize("value", ["-1", "1.5", "0x10", "99999999999", "4294967296", "five"])
def test_what_is_no_number_is_unknown_and_named(value: str) -> None:
    parsed = parse_audit(audit("PA1*1", f"PA2*{value}"))
    assert parsed.selections[0].paid_vends is None
    assert names(parsed) == ["not-a-number"]


def test_an_absurd_number_of_decimal_places_is_not_believed() -> None:
    parsed = parse_audit(audit("ID4*9*1840"))
    assert parsed.decimal_places == 2
    assert names(parsed) == ["decimal-places"]


def test_decimal_places_are_2_when_not_sent() -> None:
    assert parse_audit(audit("ID4**1840")).decimal_places == 2
