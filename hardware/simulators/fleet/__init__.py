"""Months in the life of many vending machines, played in seconds and told as JSON lines.

Written from what is known of the field: when people come, what they take, what breaks, how staff
count. No program that forecasts or keeps stock had a part in it, and none of its assumptions are
here; so it can be used to hold such programs to account.
"""
