"""`python -m bench.gateway <messages>`: the gateway, with so many messages in one transaction at most.

1 is how it was before messages that wait at the same time were written together.
"""

from __future__ import annotations

import sys

from gateway import arrivals
from gateway.__main__ import main

if __name__ == "__main__":
    arrivals.MOST_TOGETHER = int(sys.argv[1])
    sys.exit(main())
