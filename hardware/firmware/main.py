"""Starts the board. Motors are off before anything else happens."""

import os
from binascii import hexlify

import board_pico
import config
from app import App
from store import Store


def run():
    """For ever; what goes wrong for good ends in the watchdog, which starts the board anew."""
    board = board_pico.Board(config)
    store = Store("", config.SLOTS, os.urandom(4))
    app = App(board, store, config, hexlify(os.urandom(4)).decode())
    watchdog = board_pico.watchdog()
    try:
        while True:
            if app.turn():
                watchdog.feed()
            board.rest()
    finally:
        board.all_off()


run()
