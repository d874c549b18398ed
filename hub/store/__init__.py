"""What the hub keeps. The only package that imports SQLAlchemy.

`Store.read()` and `Store.begin()` hand out a `Transaction`; every other function here takes one as
its first argument, so that what belongs together is committed together.
"""

from hub.store.engine import Store, Transaction

__all__ = ["Store", "Transaction"]
