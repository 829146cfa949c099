"""The figures as a picture: one bar a peer, its best way, on questions that hit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matching.figures import is_ours

PANELS = (
    ("single", "One address a call"),
    ("bulk", "Many addresses a call"),
    ("change", "Changes"),
)
OURS_COLOUR, PEER_COLOUR, WRONG_COLOUR = "#0b6e8f", "#b9c2c9", "#c4552d"


def draw(found: dict[str, Any], paths: list[Path], caption: str) -> None:
    """Write the same figure to every path; the ending names the format."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    matplotlib.rcParams.update({"font.size": 9, "svg.fonttype": "none"})
    shown = [panel for panel in PANELS for family in (4,) if _best(found, panel[0], family)]
    bars = {panel: max(len(_best(found, panel[0], family)) for family in (4, 6)) for panel in shown}
    figure, grid = pyplot.subplots(
        max(1, len(shown)),
        2,
        figsize=(11, 1.6 + sum(0.26 * count + 0.75 for count in bars.values())),
        squeeze=False,
        height_ratios=[bars[panel] + 2 for panel in shown] or [1],
        layout="constrained",
    )
    for row, panel in zip(grid, shown, strict=False):
        for axes, family in zip(row, (4, 6), strict=True):
            _panel(axes, found, panel, family)
    figure.suptitle("Longest-prefix match from Python, million a second (higher is better)")
    figure.supxlabel(caption, fontsize=7, color="#555555")
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=150)
    pyplot.close(figure)


def _panel(axes: Any, found: dict[str, Any], panel: tuple[str, str], family: int) -> None:
    measure, title = panel
    best = sorted(_best(found, measure, family).items(), key=lambda pair: pair[1])
    axes.set_title(f"{title}, IPv{family}", loc="left", fontsize=10)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    if not best:
        axes.set_axis_off()
        return
    wrong = {peer["peer"]: peer["wrong"] for peer in found["peers"] if peer["family"] == family}
    colours = [
        OURS_COLOUR if is_ours(name) else WRONG_COLOUR if wrong.get(name) else PEER_COLOUR
        for name, _ in best
    ]
    labels = [f"{name} (wrong answers)" if wrong.get(name) else name for name, _ in best]
    rates = [rate for _, rate in best]
    # A logarithmic axis has no zero for a bar to start from, so each speed is a point.
    axes.hlines(labels, min(rates) / 2, rates, color=colours, linewidth=1)
    axes.scatter(rates, labels, color=colours, s=36, zorder=2)
    for label, rate in zip(labels, rates, strict=True):
        axes.annotate(
            f"{rate:.3g}", (rate, label), (7, 0), textcoords="offset points", va="center", size=8
        )
    axes.set_xscale("log")
    axes.set_xlim(min(rates) / 2, max(rates) * 3)
    axes.set_ylim(-0.7, len(best) - 0.3)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")


def _best(found: dict[str, Any], measure: str, family: int) -> dict[str, float]:
    """The fastest way of each peer in millions a second."""
    best: dict[str, float] = {}
    for record in found["records"]:
        wanted = record["measure"] == measure and record["family"] == family
        if wanted and record["kind"] in ("hit", ""):
            rate = record["median"] / 1e6
            best[record["peer"]] = max(rate, best.get(record["peer"], 0))
    return best
