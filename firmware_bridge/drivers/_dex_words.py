"""What a DEX read that failed is called, and what a person should do about it.

"Could not read" (cable, plug, machine) and "could not parse" (the audit came, and is none) are told
apart in every text: they are mended by different people.
"""

from firmware_bridge.drivers.readings import Fault, FaultReading
from firmware_bridge.framing.dex_link import Failed, Trouble

NOISY_BYTES = 8
CODE_BUSY = "03"

_FAULTS = {
    Trouble.SILENCE: Fault.NO_REPLY,
    Trouble.DAMAGE: Fault.BAD_CHECKSUM,
    Trouble.OVERSIZED: Fault.OVERSIZED_FRAME,
    Trouble.BROKEN_OFF: Fault.PROTOCOL,
    Trouble.NONSENSE: Fault.PROTOCOL,
}

_ADVICE = {
    Fault.NO_REPLY: "Check that the plug is fully in and that tip and ring are not swapped.",
    Fault.LINE_NOISE: "Check the ground (sleeve), the level converter and 9600 8N1.",
    Fault.BAD_CHECKSUM: "Check cable and plug for wear, and keep the cable off motors and lamps.",
    Fault.OVERSIZED_FRAME: "Check 9600 8N1; if the audit really is so long, raise max_audit_bytes.",
    Fault.PROTOCOL: "If it stays, switch the machine off and on, and report the machine's model.",
}

_REFUSALS = {
    "01": ("it does not know our commID", "Set comm_id to one that the machine was told of."),
    "02": ("it does not take our revision", "Set revision to R00L06, or back to R01L01."),
    "03": ("it is busy with another reader", "Unplug other readers; it is tried again later."),
    "04": ("it has no data", "Let it vend once; if it stays, its audit is switched off."),
    "05": ("it does not know the request", "The machine may not give audits over DEX."),
    "90": ("it is in its maker's own state", "Leave the service menu of the machine."),
}


def refusal(code: str) -> FaultReading:
    """The machine answered with a response code other than 00."""
    unknown = ("a code that the standard does not have", "Report the machine's model.")
    words, advice = _REFUSALS.get(code, unknown)
    return FaultReading(Fault.REFUSED, f"the machine answered {code}: {words}", advice)


def failure(end: Failed, noise_bytes: int) -> FaultReading:
    """A read came to nothing on the line; `noise_bytes` came that belong to no frame."""
    fault = _FAULTS[end.trouble]
    if fault is Fault.NO_REPLY and noise_bytes >= NOISY_BYTES:
        fault = Fault.LINE_NOISE
    detail = f"could not read: {end.detail}"
    if noise_bytes:
        detail += f"; {noise_bytes} bytes came that are not DEX"
    return FaultReading(fault, detail, _ADVICE[fault])


def unreadable(error: Exception, raw: bytes) -> FaultReading:
    """The audit came whole, and is none; it is handed on, to be kept."""
    advice = (
        "The cable works. Report the machine's model with the audit that was kept "
        "(state folder, audits); a newer parser can read it again."
    )
    return FaultReading(Fault.UNREADABLE, f"read, but could not parse: {error}", advice, raw=raw)
