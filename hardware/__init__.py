"""What each device is: data first; and simulators of devices, written apart from the drivers."""
