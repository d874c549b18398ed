"""Who may release in spite of what."""

import pytest

from firmware_bridge.contract.check.release import may_set_aside


@pytest.mark.parametrize(
    ("override", "role", "may"),
    [
        ("technician", "technician", True),
        ("technician", "coordinator", True),
        ("technician", "somebody", True),
        ("coordinator", "coordinator", True),
        ("coordinator", "technician", False),
        ("coordinator", "somebody", False),
        ("nobody", "coordinator", False),
        ("nobody", "nobody", False),
        ("", "coordinator", False),
    ],
)
def test_who_may_set_a_reason_aside(
    override: str,
    role: str,
    may: bool,  # noqa: FBT001 - of the table above
) -> None:
    assert may_set_aside(override, role) == may
