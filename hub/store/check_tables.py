"""The facts of checks, as they were entered; nothing is ever changed or deleted here.

No column is for a person who brought a sample; `by` within a fact is a member of staff.
"""

from sqlalchemy import Column, Index, String, Table, Text

from hub.store.columns import flag, metadata, ms, of

check_fact = Table(
    "check_fact",
    metadata,
    Column("event", String(64), primary_key=True),
    Column("code", String(20), nullable=False),
    of("bridge"),
    ms("at_ms"),
    ms("received_ms"),
    Column("fact_json", Text, nullable=False),
    flag("from_hub", default=False),
    flag("echoed", default=False),
    Index(None, "code"),
    Index(None, "received_ms"),
    Index(None, "from_hub", "echoed"),
)
"""One fact of one check (`firmware_bridge.contract.check_events`): the JSON is the message's body.
A fact that was entered at the hub is `from_hub`; its bridge is the one where the check began, and
it is `echoed` once that bridge has sent it back. What it all comes to is put together when it is
read, by `firmware_bridge.contract.check.record`."""
