"""How fast the bridge's own work is, and how much memory a whole bridge needs."""
