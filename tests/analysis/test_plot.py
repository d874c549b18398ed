import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis import Matcher, Reference, Spectrum, words
from analysis.plot import draw
from analysis.plot_data import PlotData, plot_data
from analysis.plot_labels import label_places
from analysis.plot_side import side_lines
from analysis.report import WatchLine
from tests.analysis.worlds import AXIS, bands, mixture


@pytest.fixture
def data(demonstration: Matcher) -> PlotData:
    """Half fentanyl, half mannitol, by the shipped library."""
    entries, values = demonstration.library.entries, demonstration.library.values
    rows = {e.substance: v for e, v in zip(entries, values, strict=True)}
    mixed = 0.5 * rows["fentanyl"] + 0.5 * rows["mannitol"]
    grid = demonstration.library.recipe.grid()
    return plot_data(demonstration.library, demonstration.identify(Spectrum(grid, mixed)))


def words_of(svg: Path) -> str:
    """The text of a picture; in SVG each piece stands as a comment before its outlines."""
    return " ".join(re.findall(r"<!-- (.*?) -->", svg.read_text(encoding="utf-8")))


def test_the_data_of_a_picture_is_plain_and_whole(data: PlotData) -> None:
    again = json.loads(json.dumps(data.as_dict()))
    assert again["falling"] is True
    assert again["ordinate"] == "absorbance"
    curves = [c["values"] for c in again["components"]]
    assert all(len(c) == len(again["axis"]) and min(c) == 0 for c in curves)
    assert {p["substance"] for p in again["peaks"]} == {c["substance"] for c in again["components"]}
    assert {p["seen"] for p in again["peaks"]} <= {"seen", "missing", "hidden"}


def test_a_picture_says_the_verdicts_the_limits_and_its_grade(
    data: PlotData, tmp_path: Path
) -> None:
    draw(data, tmp_path / "a.svg", "sample <1> $x$")
    said = words_of(tmp_path / "a.svg").replace("\N{NO-BREAK SPACE}", " ")
    assert "fentanyls: DETECTED" in said
    assert words.DEMONSTRATION_MARK in said
    assert "shares of the signal, not of mass" in re.sub(r"\s+", " ", said)
    assert re.search(r"nitazenes: not detected above [\d.]+ % of the signal", said)
    assert "cannot be seen" in said
    assert "seen" in said


def test_pictures_are_the_same_byte_for_byte(data: PlotData, tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        draw(data, tmp_path / name, "one")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_reference_library_leaves_no_mark(
    small: Matcher, small_references: list[Reference], tmp_path: Path
) -> None:
    sample = mixture([small_references[10], small_references[15]], [0.6, 0.4])
    drawn = plot_data(small.library, small.identify(sample))
    assert drawn.mark == ""
    draw(drawn, tmp_path / "a.svg", "sample")
    assert "DEMONSTRATION" not in words_of(tmp_path / "a.svg")


def test_a_spectrum_that_nothing_explains_and_one_that_is_refused_are_drawn(
    small: Matcher, tmp_path: Path
) -> None:
    slow = small.identify(Spectrum(AXIS, np.sin(AXIS / 60) + 2))
    short = small.identify(Spectrum(AXIS[:30], bands(np.random.default_rng(1), AXIS[:30])))
    assert not short.axis
    for found in (replace(slow, components=(), fit=tuple(0.0 for _ in slow.axis)), short):
        drawn = plot_data(small.library, found)
        assert drawn.components == ()
        draw(drawn, tmp_path / "a.svg", "sample")
        assert "inconclusive" in words_of(tmp_path / "a.svg")
    assert "nothing to draw" in words_of(tmp_path / "a.svg")


def test_a_long_watch_list_shrinks_and_then_says_how_much_is_left_out(
    data: PlotData, tmp_path: Path
) -> None:
    text = words.verdict_line("substance", "not_detected", None, 0.07, "")
    found = WatchLine("detected", member=False, text="last on the list: DETECTED.")
    many = replace(data, watch=(*[WatchLine("not_detected", False, text)] * 200, found))
    assert side_lines(many, 8.0)[1].text == found.text
    draw(many, tmp_path / "a.svg", "sample")
    said = words_of(tmp_path / "a.svg")
    assert found.text in said
    assert re.search(r"\d+ more lines did not fit here", said)


def test_labels_stand_on_their_own_curve_and_apart() -> None:
    rng = np.random.default_rng(5)
    curves = [bands(rng) * k for k in (1.0, 0.5, 0.3)]
    places = label_places(curves, np.sum(curves, axis=0))
    at = sorted(p.channel for p in places)
    assert min(np.diff(at)) >= 10
    for curve, place in zip(curves, places, strict=True):
        assert curve[place.channel] > 0.5 * curve.max()
