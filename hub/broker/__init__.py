"""Where messages come from: an external broker, or a real one that the hub starts and watches."""
