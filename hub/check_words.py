"""What people may write into a check at the hub, and what may never stand on a card."""

from dataclasses import replace

from firmware_bridge.contract.check.say.forbidden import reassuring_word
from firmware_bridge.contract.check_events import Lab, LabFinding
from hub.check_groups import group_of, likely_group_of
from hub.errors import AccessError, FieldError

MOST_FINDINGS = 200
MOST_LETTERS = 120
MOST_IN_SENTENCE = 400


def lab_checked(lab: Lab) -> Lab:
    """A laboratory's word with its groups, if it can be believed.

    Raises:
        AccessError: a name is missing, a figure can't be, or a substance stands in it twice.
    """
    for name, text in (("split", lab.split), ("name", lab.name)):
        if not text.strip() or len(text) > MOST_LETTERS:
            raise FieldError(name, f"{name}: 1 to {MOST_LETTERS} letters are wanted")
    if len(lab.method) > MOST_LETTERS:
        raise FieldError("method", f"method: at most {MOST_LETTERS} letters are wanted")
    if len(lab.findings) > MOST_FINDINGS:
        raise FieldError("findings", f"findings: at most {MOST_FINDINGS} are taken")
    if (lab.state == "complete") != bool(lab.findings):
        reason = "findings: a complete answer has some, one that is pending has none"
        raise FieldError("findings", reason)
    names = [_folded(each.substance) for each in lab.findings]
    checked = []
    for row, finding in enumerate(lab.findings):
        if names[row] in names[:row]:
            twice = f"{finding.substance}: it stands twice in one answer"
            raise FieldError(f"findings {row}", twice)
        try:
            checked.append(_finding_checked(finding))
        except AccessError as error:
            raise FieldError(f"findings {row}", str(error)) from error
    return replace(lab, findings=tuple(checked))


def _finding_checked(finding: LabFinding) -> LabFinding:
    """With its group. That one member was not found says nothing of its group."""
    name = " ".join(finding.substance.split())
    if not name or len(name) > MOST_LETTERS:
        raise AccessError(f"substance: 1 to {MOST_LETTERS} letters are wanted")
    _require_no_promise(name)
    amounts = (finding.low_percent, finding.amount_percent, finding.high_percent)
    known = [each for each in amounts if each is not None]
    limit = [] if finding.limit_percent is None else [finding.limit_percent]
    if not all(0 <= each <= 100 for each in (*known, *limit)):
        raise AccessError(f"{name}: 0 to 100 per cent are wanted")
    if known != sorted(known):
        raise AccessError(f"{name}: low, percent and high are wanted in rising order")
    if known and not finding.found:
        raise AccessError(f"{name}: what was not found has no amount; its limit can be given")
    group = likely_group_of(name) if finding.found else group_of(name)
    if group is None or not (finding.found or _folded(name) == group):
        return replace(finding, substance=name, group="")
    return replace(finding, substance=name, group=group)


def sentence(field: str, text: str) -> str:
    """One sentence that a person typed into a field.

    Raises:
        FieldError: it is empty, or too long.
    """
    plain = " ".join(text.split())
    if not 1 <= len(plain) <= MOST_IN_SENTENCE:
        raise FieldError(field, f"{field}: 1 to {MOST_IN_SENTENCE} letters are wanted")
    return plain


def told_on_card(field: str, text: str) -> str:
    """A sentence that the card tells to its holder.

    Raises:
        FieldError: it is empty or too long, or holds a word of reassurance.
    """
    plain = sentence(field, text)
    try:
        _require_no_promise(plain)
    except AccessError as error:
        raise FieldError(field, str(error)) from error
    return plain


def _require_no_promise(text: str) -> None:
    if word := reassuring_word(text):
        raise AccessError(f"{word!r} can't stand on a card: say it in other words")


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
