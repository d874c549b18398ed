"""The pages of a drug checking table, for its technicians' tablets; they ask the bridge beside it.

All of it works without any network but the table's own. Nothing here is kept: the bridge is the
only memory, and this program may stop at any time. It loads neither the hub nor its database.
"""
