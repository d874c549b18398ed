"""A pretend town: two sites, two bridges, three machines, one spectrometer, one hub, its pages.

Everything runs as it would in the field, each part a process of its own, started through the same
commands that a person would type. Only the machines, the spectrometer and the people are pretended.
"""
