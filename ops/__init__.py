"""The commands behind the Makefile: set up, run, train, chat. No shopper's message passes through here."""
