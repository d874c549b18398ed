"""The facts of checks, as they were entered; nothing is ever changed or deleted here.

No column is for a person who brought a sample; `by` within a fact is a member of staff.
"""

from sqlalchemy import Column, Index, String, Table, Text

from hub.store.columns import metadata, ms, of

check_fact = Table(
    "check_fact",
    metadata,
    Column("event", String(64), primary_key=True),
    Column("code", String(20), nullable=False),
    of("bridge"),
    ms("at_ms"),
    ms("received_ms"),
    Column("fact_json", Text, nullable=False),
    Index(None, "code"),
    Index(None, "received_ms"),
)
"""One fact of one check (`firmware_bridge.contract.check_events`): the JSON is the message's body.
What it all comes to is put together when it is read, by `firmware_bridge.contract.check.record`."""
