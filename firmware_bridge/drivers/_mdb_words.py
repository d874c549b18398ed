"""What people are advised to do about an MDB adapter, and what the driver can be asked for."""

NO_ADAPTER = "Check the adapter's cable and supply, and that nothing else has its port open."
NO_BUS = "Check the MDB plug and that the machine is on; some look for readers only at power-on."
NOISE = "Check 115200 8N1, the ground, and that nothing else writes to the adapter's port."
RESTART = "Check the adapter's supply; it was set up anew. If it stays, change the adapter."
ERROR_LINE = "If it stays, pull the adapter's plug for ten seconds, and report its version."
STUCK = "It was set up anew. If it stays, switch the machine off and on."

CAN = {
    "observe": "read (begin N, approve, deny and cancel need mode cashless)",
    "cashless": "read, begin N (N from 1 to 99), approve, deny, cancel",
}
