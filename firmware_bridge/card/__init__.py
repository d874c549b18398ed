"""The card on paper: PDF in A6 and on receipt rolls, and PNG for printers that take pictures.

What it says comes from `firmware_bridge.contract.check`; here it is only drawn, in black on white,
each weight with a sign of its own, so that it can be read on the worst printer and by colour-blind
eyes.
"""
