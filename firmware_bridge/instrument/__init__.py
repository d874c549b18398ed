"""Whether an instrument may be believed today: performance checks, ages, carry-over. Pure.

After ASTM E1421 (level zero tests: energy, noise, 100 % line, polystyrene, each against the same
instrument's own past) and what drug checking services do besides: a background before every sample,
a blank after a strong one, ten minutes of warming up.
"""
