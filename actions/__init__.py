"""The action server: one module a scenario. Decisions about orders and parcels are made in `commerce`."""
