"""A whole small run: what is found, what is written, and what falls short of the goals."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from analysis import Library, TargetVerdict
from analysis.bench import detect, goals
from analysis.bench.baselines import BASELINES, bench_of, scored
from analysis.bench.catalogue import build
from analysis.bench.compositions import Part
from analysis.bench.evaluate import is_false, judged_target, signal_share, truth_of
from analysis.bench.picture import sensitivity_picture
from analysis.bench.plain import Plain, plain
from analysis.bench.worlds import World
from harborlight import main

SMALL = ["--blanks", "40", "--calibration-blanks", "220", "--positives", "5"]
TINY = ["--targets", "5", "--references", "40", *SMALL]
TINIEST = ["--targets", "3", "--references", "40", "--blanks", "20", "--calibration-blanks", "220"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["bench", *arguments])


@pytest.fixture(scope="module")
def world() -> World:
    return build("open-sim", seed=2, targets=5, references=40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of one tiny run."""
    out = tmp_path_factory.mktemp("bench")
    done = run("detect", "--world", "open-sim", "--seed", "2", *TINY, "--out", str(out))
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture(scope="module")
def result(folder: Path) -> Plain:
    return json.loads((folder / "detect-open-sim.json").read_text("utf-8"))


def test_every_method_has_every_figure(result: Plain) -> None:
    ours = [(m["name"], m["calibration"]) for m in result["methods"][:2]]
    assert ours == [(goals.OURS, "own"), (goals.OURS, "synthetic")]
    assert [m["name"] for m in result["methods"][2:]] == list(BASELINES)
    for method in result["methods"]:
        assert list(method["sensitivity"]["at"]) == [str(s) for s in detect.SHARES]
        assert all(r["of"] == 5 for r in method["sensitivity"]["at"].values())
        assert method["false_positives"]["overall"]["of"] == 40
        assert len(method["false_positives"]["per_target"]) == 5
        assert (method["verdicts"] is None) == (method["name"] != goals.OURS)


def test_much_is_found_and_little_is_not(result: Plain) -> None:
    for method in result["methods"]:
        at = method["sensitivity"]["at"]
        assert at["0.2"]["hits"] >= at["0.005"]["hits"]
    assert result["methods"][0]["sensitivity"]["at"]["0.2"]["hits"] >= 3


def test_the_page_shows_world_goals_and_intervals(folder: Path) -> None:
    page = (folder / "detect.md").read_text("utf-8")
    for wanted in ("## open-sim", "made-up substances", "LOD95", "subtraction, 5 rounds", "seed 2"):
        assert wanted in page
    assert "nan" not in page
    assert "None" not in page


def test_the_check_names_what_falls_short(folder: Path) -> None:
    done = run("--check", "--out", str(folder))
    assert done.exit_code == 1
    assert "short: open-sim, own blanks: found at 2 % share" in done.output
    assert "goals reached" in done.output


def test_a_check_without_results_says_what_to_do(tmp_path: Path) -> None:
    done = run("--check", "--out", str(tmp_path))
    assert done.exit_code == 1
    assert "run harborlight bench detect" in done.output


@pytest.mark.slow
def test_the_same_seed_gives_the_same_figures() -> None:
    world, size = build("open-sim", seed=2, targets=3, references=40), detect.Size(200, 20, 3)

    def figures() -> Plain:
        found = detect.run(
            world, size, seed=3, calibrations=["own"], clock=lambda: 0.0, tell=lambda _line: None
        )
        return plain(found)

    assert figures() == figures()


@pytest.mark.slow
def test_a_world_without_its_data_is_left_out_or_refused(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    options = ["--data", nowhere, *TINIEST, "--positives", "3", "--out", str(tmp_path)]
    refused = run("detect", "--world", "raman", *options)
    assert refused.exit_code == 1
    assert "give --data" in refused.output
    done = run("detect", "--world", "other", *options, "--calibration", "own")
    assert done.exit_code == 0, done.output
    assert "other-ir: left out" in done.output
    assert [f.name for f in tmp_path.glob("*.json")] == ["detect-other-sim.json"]


def test_a_baseline_ranks_the_pure_target_first(world: World) -> None:
    """Each score of a pure target is far above those of the other targets."""
    bench = bench_of(Library.build(world.references), world.targets)
    rng = np.random.default_rng(4)
    pure = [world.render((Part(t, 1.0),), rng) for t in world.targets]
    for scorer in BASELINES.values():
        scores = scored(bench, pure, scorer)
        assert (scores.argmax(axis=1) == np.arange(len(pure))).all()


def test_a_blank_with_a_relative_is_judged_for_its_target(world: World) -> None:
    rng = np.random.default_rng(5)
    samples = world.blanks(20, rng, relative=1) + world.positives(5, 0.1, rng)
    judged = judged_target(samples, world.targets, rng)
    assert [world.targets[k] for k in judged] == [s.target or s.relative_of for s in samples]


def test_a_share_of_signal_counts_known_components_by_strength(world: World) -> None:
    truth = truth_of(world, Library.build(world.references))
    rng = np.random.default_rng(6)
    (without,) = world.positives(1, 0.1, rng, unknown=0)
    parts = {p.substance: p.share * truth.height[p.substance] for p in without.components}
    wanted = parts[without.target or ""] / sum(parts.values())
    assert signal_share(without, truth) == pytest.approx(wanted)
    (blank,) = world.blanks(1, rng)
    assert signal_share(blank, truth) == 0


def test_a_goal_that_was_not_measured_is_not_reached() -> None:
    for at_least in (True, False):
        assert not goals.Standing("here", "goal", 1.0, None, at_least, "not measured").reached
    assert goals.Standing("here", "goal", 1.0, 1.0, at_least=True, shown="").reached
    assert goals.Standing("here", "goal", 1.0, 1.0, at_least=False, shown="").reached
    assert not goals.Standing("here", "goal", 1.0, 1.1, at_least=False, shown="").reached


def test_a_worse_result_in_the_other_world_is_a_goal_of_its_own(result: Plain) -> None:
    other = json.loads(json.dumps(result))
    for mine, theirs in zip(result["methods"], other["methods"], strict=True):
        mine["sensitivity"]["lod95"]["value"] = 0.05
        theirs["sensitivity"]["lod95"]["value"] = 0.07
    found = goals.detection_standings({"open-sim": result, "other-sim": other})
    pairs = [s for s in found if "against" in s.place]
    assert [s.shown for s in pairs] == ["1.40 times", "1.40 times"]
    assert not any(s.reached for s in pairs)


def test_the_picture_is_a_png_where_matplotlib_is(result: Plain, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="pictures need the group bench")
    assert sensitivity_picture(result, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_a_false_detected_is_told_from_a_true_one(world: World) -> None:
    truth = truth_of(world, Library.build(world.references))
    (sample,) = world.positives(1, 0.1, np.random.default_rng(7))
    target, family = sample.target or "", truth.family[sample.target or ""]
    absent = next(t for t in world.targets if truth.family[t] != family)
    for name, level, false in (
        (target, "substance", False),
        (family, "family", False),
        (absent, "substance", True),
        (truth.family[absent], "family", True),
    ):
        verdict = TargetVerdict(name, level, "detected")  # type: ignore[arg-type]  # a literal in a tuple
        assert is_false(verdict, sample, truth) == false
