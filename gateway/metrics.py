"""What Prometheus reads from the gateway, at /metrics of the staff door."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

ACCEPTED = Counter("quayside_messages_accepted", "Shoppers' messages accepted", ["channel"])
ENDED = Counter("quayside_messages_ended", "Messages that the assistant was asked about, by how they ended", ["status"])
REFUSED = Counter("quayside_requests_refused", "Requests refused, by reason", ["reason"])
RETRIED = Counter("quayside_turns_retried", "Tries to reach the assistant that gave no answer", ["kind"])
DELAYED = Counter("quayside_delays_told", "Shoppers told that their answer must wait")
ACK_SECONDS = Histogram(
    "quayside_ack_seconds",
    "From a message's arrival to its acknowledgement",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
TURN_SECONDS = Histogram(
    "quayside_turn_seconds",
    "From asking the assistant to its answer being in the outbox",
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60),
)
INBOX_DEPTH = Gauge("quayside_inbox_depth", "Things that wait for the assistant")
STREAMS = Gauge("quayside_event_streams", "Open event streams of the storefront chat")
