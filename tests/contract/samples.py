"""One message of every kind, as of schema version 1; changing a value changes a golden file."""

from dataclasses import replace

from firmware_bridge.contract import messages as m
from firmware_bridge.contract.access import AccessTable, CodeGroup, DeviceAccess, OpenHours
from firmware_bridge.contract.strips import Strip

BOOT = "0123456789abcdef0123456789abcdef"

_SPECTRUM = m.SpectrumTaken(
    check="k7m2p9qwxyz3",
    technique="ir",
    quantity="absorbance",
    axis_unit="cm-1",
    axis=(650.0, 654.0, 658.0),
    values=(0.1, 0.25, 0.2),
    instrument="SIM-1",
    integration_time_us=100_000,
    scans=8,
    background_age_s=40,
    source="",
)
_FINDINGS = m.Findings(
    check="k7m2p9qwxyz3",
    targets=(
        m.TargetFinding(
            target="fentanyls",
            level="family",
            verdict="not_detected",
            p_value=0.4,
            share=None,
            share_low=None,
            share_high=None,
            limit=0.07,
            reason="",
        ),
    ),
    components=(
        m.ComponentFinding(substance="caffeine", share=0.8, share_low=0.7, share_high=0.9),
    ),
    unexplained=0.05,
    hits=(m.HitFinding(substance="caffeine", score=0.93),),
    quality=(m.QualityFinding(name="contact", value=0.6, limit=0.3, ok=True, detail=""),),
    library_name="demonstration",
    library_version="0f3a",
    library_grade="demonstration",
    releasable=False,
    blocked_by=("demonstration library",),
    recipe="ab12",
    axis_unit="cm-1",
    axis=(650.0, 654.0),
    measured=(0.1, 0.2),
    fit=(0.1, 0.19),
    residual=(0.0, 0.01),
)

BODIES: dict[str, m.Body] = {
    "vending-audit": m.VendingAudit(
        serial="VM-0042",
        model="SENSIT 3",
        board="B1 M2 S3",
        selections=(
            m.SelectionCount(
                selection="A1",
                product="Naloxone nasal 4 mg",
                price_minor=0,
                capacity=12,
                par=10,
                level=None,
                minimum=3,
                dispensed=117,
                paid=100,
                free=16,
                test=1,
                dispensed_since_reset=None,
                presses_sold_out=47,
                sold_out=False,
            ),
        ),
        power_outages=2,
        resets=None,
        warnings=("segment-count",),
    ),
    "vend": m.Vend(
        selection="A1",
        outcome="assumed",
        payment="free",
        price_minor=1,
        authorised=True,
        reason="",
    ),
    "slot-level": m.SlotLevel(
        selection="A2", level=None, method="load-cell", raw=412.5, settled=False
    ),
    "measurement": m.Measurement(sensor="room", quantity="humidity", value=61.5, unit="%"),
    "access-counts": m.AccessCounts(
        from_ms=1_795_000_000_000,
        period_s=3600,
        mode="issued",
        granted=3,
        items=4,
        refused=(m.RefusalCount(reason="unknown-code", count=2),),
    ),
    "check-event": m.CheckEvent(
        check="8YUB-YK8V",
        event="0123456789abcdef0123456789abcdef",
        after=("fedcba9876543210fedcba9876543210",),
        at_ms=1_795_000_000_000,
        by="ana",
        strip=Strip(
            kind="fentanyl",
            result="positive",
            lot="L7",
            expires="2027-03",
            mass_mg=5.0,
            water_ml=50.0,
            limit_ng_ml=None,
        ),
    ),
    "performance": m.PerformanceTold(
        at_ms=1_795_000_000_000,
        serial="SIM-1",
        standard="polystyrene",
        passed=False,
        figures=(
            m.PerformanceFigure(
                quantity="noise",
                value=0.0125,
                least=None,
                most=0.005,
                usual=0.001,
                usual_low=0.0005,
                usual_high=0.0015,
                signals=("fixed-limit", "outside-three-sigma"),
                override="nobody",
            ),
        ),
    ),
    "instrument": m.InstrumentTold(
        serial="SIM-1",
        performance_every_h=168.0,
        checked_ms=1_795_000_000_000,
        failed=("performance-noise",),
        moved_ms=1_794_000_000_000,
        on_since_ms=1_794_999_000_000,
        warm_up_s=600.0,
        background_ms=1_794_999_900_000,
        background_max_s=900.0,
        dark_ms=None,
        dark_max_s=None,
        strong_ms=None,
        blank_ms=None,
        blank_share=None,
        carry_over_share=0.02,
    ),
    "machine-event": m.MachineEvent(
        code="ELA_A1", name="vend-failed", selection="A1", active=None, count=3, text="motor"
    ),
    "temperature": m.Temperature(probe="cabinet", temperature_c=41.5),
    "device-state": m.DeviceState(
        state="unreachable",
        fault="no-reply",
        detail="no answer to ENQ",
        advice="look at the cable",
        faults=3,
        last_heard_ms=1_795_000_000_000,
    ),
    "bridge-health": m.BridgeHealth(
        software="0.1.0",
        spool_depth=12,
        spool_dropped=0,
        disk_free_mb=9000,
        heartbeat_s=30,
        cpu_temperature_c=51.2,
        undervoltage=False,
    ),
    "spectrum": _SPECTRUM,
    "findings": _FINDINGS,
}


def envelope(body: m.Body, seq: int = 7, boot: str = BOOT) -> m.Envelope:
    return m.Envelope(
        site="harbour-street",
        bridge="pi-1",
        device="machine-1",
        boot=boot,
        seq=seq,
        oldest_held=min(seq, 5),
        device_time_ms=1_795_000_000_000,
        monotonic_ms=123_456,
        clock_sane=True,
        body=body,
    )


STATUS = m.BridgeStatus(state="online", boot=BOOT, software="0.1.0")
ACK = m.Acknowledgement(boot=BOOT, upto=41)

SINCE: dict[str, m.Body] = {
    "vending-audit": m.VendingAudit(
        serial="",
        model="",
        board="b1",
        selections=(
            m.SelectionCount(
                selection="11",
                product="",
                price_minor=None,
                capacity=None,
                par=None,
                level=None,
                minimum=None,
                dispensed=7,
                paid=7,
                free=0,
                test=0,
                dispensed_since_reset=None,
                presses_sold_out=None,
                sold_out=None,
                failed=2,
            ),
        ),
        power_outages=None,
        resets=None,
        warnings=(),
        source="mdb",
    ),
    "spectrum": replace(
        _SPECTRUM,
        corrections=(
            m.Correction(name="dark", done="subtracted"),
            m.Correction(name="nonlinearity", done="divided"),
            m.Correction(name="stray_light", done="none"),
        ),
    ),
    "findings": replace(
        _FINDINGS,
        amounts=(
            m.AmountFinding(
                substance="caffeine",
                percent=12.3,
                low_percent=4.56,
                high_percent=20.1,
                refused="",
                reason="",
                calibration="caffeine.npz",
                calibration_hash="0f3a" * 16,
                from_percent=2.0,
                to_percent=40.0,
            ),
            m.AmountFinding(
                substance="lidocaine",
                percent=None,
                low_percent=None,
                high_percent=None,
                refused="out-of-range",
                reason="the amount is below what was calibrated: 5 to 30 %",
                calibration="lidocaine.npz",
                calibration_hash="ab12" * 16,
                from_percent=5.0,
                to_percent=30.0,
            ),
        ),
        evidence=(
            m.PeakEvidence(
                substance="caffeine",
                peaks=(
                    m.PeakFinding(position=1657.1, height=1.0, seen="seen", explained_by=""),
                    m.PeakFinding(position=744.5, height=0.4, seen="hidden", explained_by="x"),
                    m.PeakFinding(position=1285.0, height=0.3, seen="missing", explained_by=""),
                ),
            ),
        ),
    ),
}
"""Kinds that gained fields since they were first released, with a value in each of these."""

ACCESS = AccessTable(
    site="harbour-street",
    bridge="pi-1",
    version=1_795_000_000_000,
    devices=(
        DeviceAccess(
            device="machine-1",
            mode="issued",
            paused=False,
            hours=(OpenHours(weekday=5, from_min=1020, to_min=1980),),
            timezone="America/Toronto",
            items_per_session=2,
            quota_items=3,
            quota_period_s=604_800,
            codes=(
                CodeGroup(
                    digests=("0123456789abcdef0123456789abcdef",),
                    uses=1,
                    valid_from_ms=None,
                    valid_until_ms=1_800_000_000_000,
                ),
            ),
        ),
        DeviceAccess(
            device="machine-2",
            mode="open",
            paused=True,
            hours=(),
            timezone="UTC",
            items_per_session=1,
            quota_items=None,
            quota_period_s=604_800,
            codes=(),
        ),
    ),
)
