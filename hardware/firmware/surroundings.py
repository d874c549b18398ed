"""What is told of the surroundings: switches at once, figures at an interval."""

from sensors import Levels, Presence, Switches, rounded

PAGE = 16  # slots in one message
LOOK_MS = 1000  # between two looks at a level sensor


class Senses:
    """Switches, probes, voltages and level sensors of one board."""

    def __init__(self, app):
        self._app = app
        config = app.config
        self.every_ms = 1000 * config.REPORT_S
        self._due = 2000
        self._look_due = 0
        self._switches = Switches()
        self._presence = Presence()
        moving = 1000 * config.MOVING_S
        self._loads = Levels(config.LOAD_MOVE, moving)
        self._distances = Levels(config.DISTANCE_MOVE_MM, moving)
        self._drop_fault = self._battery_low = False

    def is_door_open(self):
        """Whether the door is known to stand open."""
        return self._switches.states.get("door", False)

    def look(self):
        """One look; most of it only when it is due."""
        app = self._app
        for name, level in self._switches.look(app.board.switches(), app.now):
            app.event(name, level)
            if name == "door" and level:
                app.free_jams()
        if app.running is not None:
            return  # level sensors shake while a motor runs
        everything = app.now >= self._due
        if everything:
            self._due = app.now + self.every_ms
            self._tell_figures()
            app.tell_counters()
        if everything or app.now >= self._look_due:
            self._look_due = app.now + LOOK_MS
            self._look_at_levels(everything)

    def tell_states(self):
        """Every condition as it stands, and all figures at once."""
        app = self._app
        for name, level in sorted(self._switches.states.items()):
            app.event(name, level, again=True)
        for index in sorted(app.jammed):
            app.event("jam", True, index, again=True)
        for name, fault in sorted(self._presence.faults.items()):
            self._tell_fault(name, fault, again=True)
        if app.store.slots:
            app.event("drop-sensor", self._drop_fault, again=True)
        self._due = 0

    def drop_fault(self, fault):
        """Whether the drop sensor could be used at the last vend."""
        if fault != self._drop_fault:
            self._drop_fault = fault
            self._app.event("drop-sensor", fault)

    def _tell_figures(self):
        board = self._app.board
        message = {"t": "sensors"}
        for kind, values in (("temp", board.temperatures()), ("hum", board.humidities())):
            told = []
            for name, value in values:
                self._note(kind + " " + name, value)
                if value is not None:
                    told.append([name, rounded(value, 2)])
            if told:
                message[kind] = told
        supply, battery = board.volts()
        if supply is not None:
            message["supply"] = rounded(supply, 2)
        if battery is not None:
            message["battery"] = rounded(battery, 2)
            self._judge_battery(battery)
        self._app.out.put(message, "sensors")

    def _judge_battery(self, volts):
        low = volts < self._app.config.BATTERY_LOW_V + (0.1 if self._battery_low else 0)
        if low != self._battery_low:
            self._battery_low = low
            self._app.event("battery-low", low)

    def _look_at_levels(self, everything):
        app, board = self._app, self._app.board
        loads, distances = {}, {}
        for index, slot in enumerate(app.store.slots):
            if board.has_load(index):
                raw = board.load(index)
                self._note("load " + slot.name, raw)
                if raw is not None:
                    loads[slot.name] = raw - slot.tare
            if board.has_distance(index):
                far = board.distance(index)
                self._note("distance " + slot.name, far)
                if far is not None:
                    distances[slot.name] = far
        self._tell_levels("load", self._loads.due(loads, app.now, everything))
        self._tell_levels("distance", self._distances.due(distances, app.now, everything))

    def _tell_levels(self, kind, values):
        rows = [[name, value] for name, value in sorted(values.items())]
        for start in range(0, len(rows), PAGE):
            page = rows[start : start + PAGE]
            # A page about the same slots is replaced while it waits: only the newest matters.
            self._app.out.put({"t": kind, "slots": page}, (kind, tuple(row[0] for row in page)))

    def _note(self, name, value):
        change = self._presence.saw(name, value)
        if change is not None:
            self._tell_fault(name, change)

    def _tell_fault(self, name, on, again=False):
        event = "probe" if name.startswith("temp ") else "sensor"
        self._app.event(event, on, None, name, again)
