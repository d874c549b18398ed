"""The edge: serial in, MQTT out, nothing lost between. Empty: the hub imports the contract."""
