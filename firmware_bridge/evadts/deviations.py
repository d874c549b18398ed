"""The list of deviations while an audit is parsed: bounded, so that rubbish cannot fill memory."""

from collections import Counter

from firmware_bridge.evadts.audit import Deviation

MAX_OF_A_NAME = 25


class DeviationLog:
    """Collects deviations, at most `MAX_OF_A_NAME` of each, so that none crowds out another.

    The last one, "more-deviations", says what was left off.
    """

    def __init__(self) -> None:
        self._kept: list[Deviation] = []
        self._counts: Counter[str] = Counter()

    def note(self, name: str, detail: str, line: int = 0) -> None:
        """Add one deviation; `line` is counted from 1, 0 means the whole audit."""
        self._counts[name] += 1
        if self._counts[name] <= MAX_OF_A_NAME:
            self._kept.append(Deviation(name, detail, line))

    def result(self) -> tuple[Deviation, ...]:
        """Everything noted, in order."""
        more = {name: n - MAX_OF_A_NAME for name, n in self._counts.items() if n > MAX_OF_A_NAME}
        if not more:
            return tuple(self._kept)
        detail = ", ".join(f"{count} more of {name}" for name, count in sorted(more.items()))
        return (*self._kept, Deviation("more-deviations", detail))
