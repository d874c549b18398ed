"""How fast the hub's own work with vending machines is, and the page of all such figures."""
