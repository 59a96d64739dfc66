"""The systems an action asks: orders, parcels, catalogue and the shop's handbook. Ports here, adapters beside them."""
