"""What pages show, read from the store as frozen values. Nothing here writes.

Every function takes the transaction it reads in, so that one page shows one moment.
"""
