"""A small programme as the hub would have heard it: messages through the real ingest."""

import math
from dataclasses import dataclass, field
from pathlib import Path

from firmware_bridge.contract import codec
from firmware_bridge.contract.clock import HandClock, SystemClock
from firmware_bridge.contract.messages import (
    Body,
    BridgeHealth,
    BridgeStatus,
    ComponentFinding,
    DeviceState,
    Envelope,
    Findings,
    HitFinding,
    MachineEvent,
    QualityFinding,
    SelectionCount,
    SpectrumTaken,
    TargetFinding,
    Temperature,
    VendingAudit,
)
from firmware_bridge.contract.topics import BridgeAddress, MessageTopic
from hub.config import HubConfig
from hub.delivery import Delivery
from hub.ingest import Ingest
from hub.judge import Judge
from hub.store import Store
from hub.store.tables import anchor

NOW_MS = 1_795_000_000_000
HOUR_MS = 3_600_000

HEALTH = BridgeHealth(
    software="harborlight 0.1.0",
    spool_depth=0,
    spool_dropped=0,
    disk_free_mb=9_000,
    heartbeat_s=30,
    cpu_temperature_c=48.0,
    undervoltage=False,
)


def config(folder: Path) -> HubConfig:
    return HubConfig.model_validate({"hub": {"data_dir": str(folder)}})


@dataclass(slots=True)
class Programme:
    """A store, and bridges that speak to it."""

    store: Store
    clock: HandClock | SystemClock
    settings: HubConfig
    seqs: dict[tuple[str, str], int] = field(default_factory=dict)
    waiting: list[Delivery] = field(default_factory=list)
    gathering: bool = False

    @classmethod
    def open(cls, folder: Path, clock: HandClock | SystemClock | None = None) -> "Programme":
        settings = config(folder)
        clock = HandClock(NOW_MS) if clock is None else clock
        return cls(Store.open(settings.store_url, clock), clock, settings)

    def say(
        self,
        site: str,
        bridge: str,
        device: str,
        *bodies: Body,
        at_ms: int | None = None,
        late: bool = False,
    ) -> None:
        """Messages of one device: said now (or at `at_ms`), heard now (or, if `late`, then)."""
        now_ms = self.clock.now_ms()
        said_ms = now_ms if at_ms is None else at_ms
        heard_ms = said_ms if late else now_ms
        for body in bodies:
            topic, payload = self._message(site, bridge, device, body, said_ms)
            self.waiting.append(_deliver(topic, payload, heard_ms))
        if not self.gathering:
            self.deliver()

    def deliver(self) -> None:
        """Hand over what was gathered, in one batch."""
        taken, self.waiting = self.waiting, []
        outcome = Ingest(self.store).accept(taken)
        assert outcome.stored == len(taken), outcome

    def _message(
        self, site: str, bridge: str, device: str, body: Body, said_ms: int
    ) -> tuple[str, bytes]:
        seq = self.seqs[site, bridge] = self.seqs.get((site, bridge), 0) + 1
        envelope = Envelope(
            site=site,
            bridge=bridge,
            device=device,
            boot="a" * 32,
            seq=seq,
            oldest_held=1,
            device_time_ms=said_ms,
            monotonic_ms=seq,
            clock_sane=True,
            body=body,
        )
        topic = str(MessageTopic(site, bridge, device, body.KIND))
        return topic, codec.encode(envelope)

    def status(self, site: str, bridge: str, *, online: bool = True) -> None:
        state: BridgeStatus = BridgeStatus(
            state="online" if online else "offline", boot="a" * 32, software="harborlight 0.1.0"
        )
        topic = BridgeAddress(site, bridge).status_topic
        payload = codec.encode_status(state)
        Ingest(self.store).accept([_deliver(topic, payload, self.clock.now_ms())])

    def rubbish(self, topic: str, payload: bytes) -> None:
        Ingest(self.store).accept([_deliver(topic, payload, self.clock.now_ms())])

    def judge(self) -> None:
        Judge(self.store, self.settings, self.clock).run_once()


def _deliver(topic: str, payload: bytes, received_ms: int) -> Delivery:
    return Delivery(topic=topic, payload=payload, received_ms=received_ms)


def state(kind: str = "ok", detail: str = "", *, heard_ms: int | None) -> DeviceState:
    return DeviceState(
        state=kind,  # type: ignore[arg-type] # tests name the three states themselves
        fault="" if kind == "ok" else "silence",
        detail=detail,
        advice="" if kind == "ok" else "Look at the cable and at the machine's power.",
        faults=0 if kind == "ok" else 3,
        last_heard_ms=heard_ms,
    )


SHELF = (
    ("A1", "Naloxone nasal 4 mg", 20, 16),
    ("A2", "Fentanyl test strips", 30, 24),
    ("A3", "Safer smoking kit", 12, 10),
    ("B1", "Sterile water 10 ml", 40, 30),
    ("B2", "Condoms", 24, 20),
    ("B3", "Wound care kit", 8, 6),
)


def selection(
    name: str, product: str, capacity: int | None, par: int | None, dispensed: int
) -> SelectionCount:
    return SelectionCount(
        selection=name,
        product=product,
        price_minor=0,
        capacity=capacity,
        par=par,
        level=None,
        minimum=None,
        dispensed=dispensed,
        paid=dispensed,
        free=0,
        test=0,
        dispensed_since_reset=None,
        presses_sold_out=0,
        sold_out=False,
    )


def audit(*selections: SelectionCount, board: str = "CB-1 2.0") -> VendingAudit:
    return VendingAudit(
        serial="HL-0042",
        model="Supply 6",
        board=board,
        selections=selections,
        power_outages=1,
        resets=0,
        warnings=(),
    )


def shelf(sold: dict[str, int] | None = None, board: str = "CB-1 2.0") -> VendingAudit:
    gone = sold or {}
    rows = [
        selection(name, product, capacity, par, 100 + gone.get(name, 0))
        for name, product, capacity, par in SHELF
    ]
    return audit(*rows, board=board)


def target(
    name: str,
    verdict: str,
    *,
    limit: float | None = None,
    share: float | None = None,
    reason: str = "",
    level: str = "family",
) -> TargetFinding:
    return TargetFinding(
        target=name,
        level=level,  # type: ignore[arg-type] # as above
        verdict=verdict,  # type: ignore[arg-type] # as above
        p_value=None,
        share=share,
        share_low=None if share is None else share * 0.7,
        share_high=None if share is None else share * 1.3,
        limit=limit,
        reason=reason,
    )


def spectrum(check: str) -> SpectrumTaken:
    axis = tuple(650.0 + 4 * step for step in range(320))
    return SpectrumTaken(
        check=check,
        technique="ir",
        quantity="absorbance",
        axis_unit="cm-1",
        axis=axis,
        values=tuple(_curve(point) for point in axis),
        instrument="FT-7",
        integration_time_us=None,
        scans=24,
        background_age_s=90,
        source="",
    )


def _curve(at: float) -> float:
    bands = ((700, 12, 0.5), (1105, 20, 0.8), (1240, 16, 0.45), (1655, 14, 1.0), (1720, 10, 0.3))
    return sum(height * math.exp(-(((at - band) / width) ** 2)) for band, width, height in bands)


def findings(check: str, *targets: TargetFinding, grade: str = "demonstration") -> Findings:
    axis = tuple(650.0 + 4 * step for step in range(320))
    measured = tuple(_curve(point) for point in axis)
    fit = tuple(0.96 * value for value in measured)
    return Findings(
        check=check,
        targets=targets,
        components=(
            ComponentFinding(
                substance="acetaminophen", share=0.71, share_low=0.66, share_high=0.75
            ),
            ComponentFinding(substance="fentanyl HCl", share=0.17, share_low=0.11, share_high=0.22),
        ),
        unexplained=0.12,
        hits=(
            HitFinding(substance="acetaminophen", score=0.912),
            HitFinding(substance="fentanyl HCl", score=0.533),
        ),
        quality=(
            QualityFinding(name="signal to noise", value=210.0, limit=50.0, ok=True, detail=""),
            QualityFinding(
                name="strongest band", value=0.21, limit=0.3, ok=False, detail="Press harder"
            ),
        ),
        library_name="demonstration",
        library_version="0123456789abcdef0123",
        library_grade=grade,  # type: ignore[arg-type] # as above
        releasable=grade == "reference",
        blocked_by=() if grade == "reference" else ("the library is for demonstration only",),
        recipe="fedcba9876543210",
        axis_unit="cm-1",
        axis=axis,
        measured=measured,
        fit=fit,
        residual=tuple(a - b for a, b in zip(measured, fit, strict=True)),
    )


FOUND = "3f9a1c0b7d2e4f56a1b2c3d4e5f60718"
UNSEEN = "the fit leaves 31 % unexplained"
ANALOGUES = tuple(
    f"{name}fentanyl"
    for name in (
        *("acetyl", "acryl", "butyryl", "carf", "cyclopropyl", "furanyl", "isobutyryl", "methoxy"),
        *("ocf", "para-fluoro", "ortho-fluoro", "remi", "suf", "tetrahydrofuranyl", "valeryl"),
    )
)
NITAZENES = ("etonitazene", "isotonitazene", "metonitazene", "protonitazene", "butonitazene")
UNCLEAR = "9b1d2c3e4f5061728394a5b6c7d8e9f0"


def fill(programme: Programme) -> None:
    """Two sites: a machine with four days behind it, one that can't be reached, a spectrometer."""
    now = programme.clock.now_ms()
    early = now - 96 * HOUR_MS
    programme.status("north", "north-1")
    programme.gathering = True
    programme.say("north", "north-1", "lobby", state(heard_ms=early), shelf(), at_ms=early)
    _history(programme, now)
    programme.say("north", "north-1", "bridge", HEALTH)
    programme.say("north", "north-1", "yard", state("unreachable", "No answer", heard_ms=early))
    programme.say("north", "north-1", "yard", shelf(), at_ms=early)
    programme.say("south", "south-1", "bridge", HEALTH, at_ms=now - 2 * HOUR_MS, late=True)
    _checks(programme, now)
    programme.gathering = False
    programme.deliver()
    count(programme, {"A1": 16, "A2": 20, "A3": 10, "B1": 19, "B2": 20}, early + HOUR_MS)


def count(programme: Programme, counts: dict[str, int], at_ms: int) -> None:
    """A member of staff counted slots of the first machine then, when its counters stood at 100."""
    with programme.store.begin() as transaction:
        for name, counted in counts.items():
            row = anchor.insert().values(
                device_id=1,
                selection=name,
                counted=counted,
                dispensed_at=100,
                observed_ms=at_ms,
                by_person="Robin",
                reason="Restocked",
            )
            transaction.execute(row)


def _history(programme: Programme, now: int) -> None:
    for hour in range(95, -1, -1):
        at_ms = now - hour * HOUR_MS
        sold = {"A1": (96 - hour) // 8, "A2": (96 - hour) // 6, "B1": (96 - hour) // 5}
        warm = 21 + 4 * math.sin(hour / 4) + (22 if 30 < hour < 34 else 0)
        reading = Temperature(probe="inside", temperature_c=round(warm, 1))
        programme.say("north", "north-1", "lobby", shelf(sold), reading, at_ms=at_ms)
    jam = MachineEvent(
        code="EJL", name="jam", selection="B2", active=True, count=2, text="Jam in column B2"
    )
    heard = state(heard_ms=now)
    programme.say("north", "north-1", "lobby", jam, heard)


def _checks(programme: Programme, now: int) -> None:
    early = now - 2 * HOUR_MS
    found = findings(
        FOUND,
        target("fentanyls", "detected", limit=0.05, share=0.17),
        target("nitazenes", "not_detected", limit=0.08),
        target("xylazine", "inconclusive", limit=0.1, reason="close to the limit of decision"),
        target("fentanyl", "detected", limit=0.05, share=0.17, level="substance"),
    )
    unclear = findings(
        UNCLEAR,
        target("fentanyls", "inconclusive", reason="the fit leaves 31 % unexplained"),
        target("nitazenes", "not_detected", limit=0.12),
        target("medetomidine", "not_detected"),
        *(target(name, "inconclusive", reason=UNSEEN, level="substance") for name in ANALOGUES),
        *(
            target(name, "inconclusive", reason="no reference in this library", level="substance")
            for name in NITAZENES
        ),
    )
    say = programme.say
    say("south", "south-1", "alpha", spectrum(FOUND), found, at_ms=early, late=True)
    say("south", "south-1", "alpha", spectrum(UNCLEAR), unclear, at_ms=early + 600_000, late=True)
    say("south", "south-1", "alpha", state(heard_ms=early), at_ms=early, late=True)
