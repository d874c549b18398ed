"""When and in which place of a bridge's order something was said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """The times and the place of one message.

    Attributes:
        observed_ms: when the bridge learned it, as well as that is known.
        received_ms: when the hub received it.
        clock_sane: whether `observed_ms` is the bridge's own time.
        said_sane: whether the bridge itself believes its clock.
        boot: the bridge's run.
        seq: the number within the run.
        run_ms: orders the runs of the bridge.
    """

    observed_ms: int
    received_ms: int
    clock_sane: bool
    said_sane: bool
    boot: str
    seq: int
    run_ms: int
