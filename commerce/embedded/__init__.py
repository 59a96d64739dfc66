"""The embedded shop: the ports' default adapters, on the services' own database."""
