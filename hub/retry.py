"""Takes refused messages after all, once this hub understands them.

A newer hub runs this after it was renewed. A letter and what it says change places in one
transaction, so that a message is never kept twice, whatever ends this half way. Their bridges were
told long ago that they may let them go: the order of their run is not touched.
"""

from dataclasses import dataclass

from hub.decoding import Said, decode
from hub.delivery import Delivery
from hub.ingest import moment_of
from hub.store import Store, Transaction, bridges, effects, kept_letters, runs
from hub.store.kept_letters import KeptLetter

AT_ONCE = 50
"""So many letters are one transaction; a running hub writes between two of them."""


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of the refused messages that are kept whole."""

    taken: int
    still_refused: int


def retry(store: Store) -> Retried:
    """Take every kept letter that can be taken now.

    Raises:
        StoreError: the database fails; what was taken before stays taken.
    """
    taken, refused, last = 0, 0, 0
    while True:
        with store.begin() as transaction:
            letters = kept_letters.after(transaction, last, AT_ONCE)
            now = sum(_take(transaction, letter) for letter in letters)
        if not letters:
            return Retried(taken, refused)
        taken, refused, last = taken + now, refused + len(letters) - now, letters[-1].id


def _take(transaction: Transaction, letter: KeptLetter) -> bool:
    delivery = Delivery(letter.topic, letter.payload, letter.first_ms)
    said = decode(delivery)
    if not isinstance(said, Said):
        return False
    of_bridge = bridges.bridge_id(transaction, said.place.address)
    run_ms = runs.first_ms(transaction, of_bridge, said.place.boot)
    try:
        with effects.separately(transaction):
            effects.write(transaction, of_bridge, said.envelope, moment_of(said, run_ms, delivery))
    except effects.NotKeptError:
        return False
    kept_letters.taken(transaction, letter.id)
    return True
