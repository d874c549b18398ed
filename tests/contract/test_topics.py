"""Topics: what is made can be parsed, and nothing else can."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract import topics
from firmware_bridge.contract.errors import TopicError

name = st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\Z").filter(
    lambda each: each not in topics.RESERVED
)


@given(name, name, name, name)
def test_a_message_topic_parses_to_itself(site: str, bridge: str, device: str, kind: str) -> None:
    topic = topics.MessageTopic(site, bridge, device, kind)
    assert topics.parse(str(topic)) == topic


@given(name, name)
def test_a_status_topic_parses_to_its_bridge(site: str, bridge: str) -> None:
    address = topics.BridgeAddress(site, bridge)
    assert topics.parse(address.status_topic) == address


@given(st.text(max_size=80))
def test_any_other_text_is_refused(topic: str) -> None:
    with pytest.raises(TopicError):
        topics.parse(topic)


@pytest.mark.parametrize(
    "bad", ["", "A", "a b", "a.b", "a/b", "-a", "a-", "+", "#", "x" * 41, "ack"]
)
def test_a_name_that_no_broker_carries_is_refused(bad: str) -> None:
    with pytest.raises(TopicError):
        topics.require_name(bad, "site")
