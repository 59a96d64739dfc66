"""What can go wrong when the shop's systems are asked."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

SystemName = Literal["orders", "parcels", "catalogue"]


class CommerceError(Exception):
    """Base of every error of this room."""


class SystemDown(CommerceError):
    """A system does not answer. `system` says which: "orders", "parcels" or "catalogue"."""

    def __init__(self, system: SystemName) -> None:
        super().__init__(f"the {system} system does not answer")
        self.system: SystemName = system


class UnknownOrder(CommerceError):
    """A write names an order the shop does not have."""


class UnknownParcel(CommerceError):
    """A write names a parcel that is not of this order."""


class CurrencyMismatch(CommerceError, ValueError):
    """Amounts in two currencies were added, subtracted or compared."""


class HandbookError(CommerceError):
    """A handbook file is wrong. The message names file, line and reason."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file.name}, line {line}: {reason}")
        self.file, self.line, self.reason = file, line, reason
