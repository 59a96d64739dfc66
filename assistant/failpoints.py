"""Failpoints of the assistant: the same behaviour as the services', repeated here since this room imports no other.

`QUAYSIDE_FAILPOINT=name` kills the process once, without cleaning up, the first time it passes that name;
`QUAYSIDE_FAILPOINT_FLAG` is the file that remembers it died already. Neither is set outside tests.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path


def failpoint(name: str) -> None:
    """Die with SIGKILL here if a test armed this failpoint and it has not fired yet."""
    if os.environ.get("QUAYSIDE_FAILPOINT") != name:
        return
    flag = Path(os.environ["QUAYSIDE_FAILPOINT_FLAG"])
    if flag.exists():
        return
    flag.write_text(name, encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)
