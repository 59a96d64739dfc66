"""The floor every service stands on: settings, clock, database, identifiers, logs."""
