"""Tracking numbers in the carriers' real formats, with right check digits, made from a serial number."""

from __future__ import annotations

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_FEDEX_WEIGHTS = (3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)
# The shop's own numbers as a shipper, as carriers give them out; made up.
_UPS_SHIPPER = "84QS37"
_UPS_GROUND = "03"
_USPS_SERVICE_AND_MAILER = "9400109" + "205568"


def s10(service: str, serial: int, country: str) -> str:
    """Return a number of the Universal Postal Union's standard S10: two letters, nine digits, country."""
    digits = f"{serial:08d}"
    rest = 11 - sum(w * int(d) for w, d in zip(_S10_WEIGHTS, digits, strict=True)) % 11
    check = {10: 0, 11: 5}.get(rest, rest)
    return f"{service}{digits}{check}{country}"


def ups(serial: int) -> str:
    """Return a UPS number: 1Z, shipper, service, seven digits, check digit."""
    body = f"{_UPS_SHIPPER}{_UPS_GROUND}{serial:07d}"
    # Letters count as their place from A = 2, modulo 10; every second character counts twice.
    values = [int(c) if c.isdigit() else (ord(c) - ord("A") + 2) % 10 for c in body]
    total = sum(values[0::2]) + 2 * sum(values[1::2])
    return f"1Z{body}{-total % 10}"


def usps(serial: int) -> str:
    """Return a USPS number of 22 digits for parcels."""
    body = f"{_USPS_SERVICE_AND_MAILER}{serial:08d}"
    from_right = [int(d) for d in reversed(body)]
    total = 3 * sum(from_right[0::2]) + sum(from_right[1::2])
    return f"{body}{-total % 10}"


def fedex(serial: int) -> str:
    """Return a FedEx Express number of twelve digits."""
    body = f"{serial:011d}"
    total = sum(w * int(d) for w, d in zip(_FEDEX_WEIGHTS, body, strict=True))
    return f"{body}{total % 11 % 10}"


def dhl_express(serial: int) -> str:
    """Return a DHL Express waybill number of ten digits."""
    body = f"{serial:09d}"
    return f"{body}{int(body) % 7}"
