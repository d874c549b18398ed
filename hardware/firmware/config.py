"""What this board has and how it behaves. Edit this file; nothing else need be touched."""

# ---- The machine: names of the slots, as they stand on its front. At most 48, 6 letters each.
# () for a board that has sensors only.
SLOTS = ("A1", "A2", "A3", "A4")

# ---- The line to the bridge.
FRAMING = "lines"  # "lines" (JSON that a person can read) or "cobs" (binary frames)
LINK = "usb"  # "usb" (the Pico's own socket) or "uart" (GP0 TX, GP1 RX, 115200 8N1)
REPORT_S = 30  # sensors are told this often; the bridge sets its own at each start

# ---- Who may take something.
# "open": a press vends. "ask": a press asks the bridge, and vends when it approves in time.
ACCESS = "open"
WAIT_S = 20  # how long a press waits for the bridge
CODE_MOST = 12  # a longer code is cut
KEYPAD_IDLE_S = 10  # a half typed code is forgotten after this

# ---- Motors (milliseconds).
TURN_MS = 6000  # a turn that takes longer is a jam
TURN_FIXED_MS = 2500  # how long a motor without a home switch runs
HOME_LEAVE_MS = 300  # how long the home switch may still be closed after the start
DROP_WAIT_MS = 1500  # how long after the turn an item may still fall
EXTRA_TURNS = 1  # turns tried again where nothing fell

# ---- Sensors.
BATTERY_LOW_V = 3.5
LOAD_MOVE = 500  # a load cell that moved by so many counts is told at once
DISTANCE_MOVE_MM = 8
MOVING_S = 3  # while it moves it is told this often

# ---- What is fitted (see README.md for the pins).
HOME_SWITCHES = True
DROP_SENSOR = True
KEYPAD = False
SWITCHES = ("door", "tamper", "tilt", "mains-lost")  # those that are wired, of these four
PROBES = ("cabinet", "outside")  # DS18B20 in the order of their numbers; () for none
HUMIDITY = ()  # ("cabinet",) for an SHT3x
SUPPLY_RATIO = 11.0  # 100 k over 10 k; 0 where nothing is wired
BATTERY_RATIO = 2.0  # 100 k over 100 k; 0 where nothing is wired
LOAD_CELLS = {}  # slot: data pin of its HX711, as {"A1": 16, "A2": 17}
DISTANCES = {}  # slot: channel of the TCA9548A its VL53L0X is on, as {"A3": 0}
