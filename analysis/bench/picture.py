"""Sensitivity curves as a picture. Needs matplotlib, which only the benchmark's group brings."""

from pathlib import Path

from analysis.bench.goals import OURS
from analysis.bench.plain import Plain

STYLES = ("-", "--", "-.", ":")


def sensitivity_picture(world: Plain, path: Path) -> bool:
    """Draw what each method finds, by share, with intervals.

    Args:
        world: one result of `bench detect`.
        path: a PNG file to write.

    Returns:
        False where matplotlib is not there, and nothing was drawn.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return False
    figure = Figure(figsize=(7.5, 4.6), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    x = [100 * float(share) for share in world["methods"][0]["sensitivity"]["at"]]
    for k, method in enumerate(world["methods"]):
        at = method["sensitivity"]["at"]
        y = [100 * rate["value"] for rate in at.values()]
        low = [100 * (rate["value"] - rate["low"]) for rate in at.values()]
        high = [100 * (rate["high"] - rate["value"]) for rate in at.values()]
        label = f"{method['name']}, {method['calibration']} blanks"
        bold = 2.2 if method["name"] == OURS else 1.2
        axes.errorbar(
            x, y, [low, high], label=label, lw=bold, ls=STYLES[k % 4], marker="o", ms=3, capsize=2
        )
    axes.set_xscale("log")
    axes.set_xticks(x, [f"{share:g}" for share in x])
    axes.minorticks_off()
    axes.set(xlabel="share of the target, %", ylabel="found at p <= 0.01, %", ylim=(-2, 102))
    axes.set_title(
        f"{world['world']}: {world['targets']} targets, {world['references']} references"
    )
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})
    return True
