"""The benchmark: worlds with a known truth, the figures that judge a matcher, and its peers.

It speaks to the matcher by its public face alone, and shares no law with the calibration: a
matcher that was calibrated with the evaluator's own law would look better than it is.
"""
