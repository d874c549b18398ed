"""Who may take what from a machine, decided at the bridge, without a register of people.

`gate` decides and counts, `desk` stands between a station's readings and its driver, `shelf` takes
the hub's table. Everything but `desk` and `shelf` is pure.
"""
