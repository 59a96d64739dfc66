"""The front door: shoppers' messages in, answers out, and the gate that lets a person take over."""
