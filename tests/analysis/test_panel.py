import numpy as np

from analysis import Library
from analysis.panel import SISTER_AHEAD, Panel
from analysis.watch import resolve
from tests.analysis.worlds import references

LIBRARY = Library.build(references(12, seed=3))


def test_every_reference_of_a_watched_family_is_tested_once() -> None:
    panel = Panel.of(resolve(["targets", "plain 5"], LIBRARY.entries))
    families = {LIBRARY.entries[int(k)].family for k in panel.tested}
    wanted = [k for k, e in enumerate(LIBRARY.entries) if e.family in families]
    assert sorted(panel.tested.tolist()) == wanted
    assert len(panel.units) == len(panel.unit_group) == len(panel.leads)
    assert panel.units[int(np.flatnonzero(panel.unit_substance < 0)[0])] == ("family", "targets")


def test_a_sister_that_explains_more_counts_against_a_substance() -> None:
    panel = Panel.of(resolve(["target 0", "target 1"], LIBRARY.entries))
    scores = np.zeros((1, len(panel.names)))
    scores[0, panel.names.index("target 0")] = 5.0
    scores[0, panel.names.index("target 1")] = 7.0
    units = dict(zip(panel.units, panel.unit_scores(scores)[0], strict=True))
    assert units["substance", "target 1"] == 7.0
    assert units["substance", "target 0"] == 5.0 - SISTER_AHEAD * 2.0


def test_a_family_has_the_best_of_its_members() -> None:
    panel = Panel.of(resolve(["targets"], LIBRARY.entries))
    scores = np.arange(len(panel.names), dtype=np.float64)[None]
    units = dict(zip(panel.units, panel.unit_scores(scores)[0], strict=True))
    assert units["family", "targets"] == scores.max()


def test_the_best_of_several_references_speaks_for_a_substance() -> None:
    refs = references(8, seed=3)
    other = references(8, seed=4)
    twice = Library.build([*refs, *other])
    panel = Panel.of(resolve(["target 1"], twice.entries))
    scores = np.random.default_rng(0).normal(size=(5, panel.tested.size))
    best = panel.best_references(scores)
    for row in range(5):
        for k, name in enumerate(panel.names):
            own = [c for c, t in enumerate(panel.tested) if twice.entries[int(t)].substance == name]
            assert best[row, k] == max(own, key=lambda c: scores[row, c])


def test_an_empty_watch_list_has_no_units() -> None:
    panel = Panel.of(resolve([], LIBRARY.entries))
    assert panel.units == ()
    assert panel.unit_scores(np.zeros((3, 0))).shape == (3, 0)
