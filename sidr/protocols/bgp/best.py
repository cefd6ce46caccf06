"""Best AS-loop-free paths of all switches for all groups, level by level. A numba kernel; import it
lazily.

Every eBGP hop adds one AS number, so paths grow by one a level: a switch that the level before can
serve without its own number in the path is served now. A path is kept as the port of its next hop.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def best_ports(ptr, nbr, twin, asn, homes, depth, port, fib):
    """Solve every group.

    Args:
        ptr: int64[n+1]; nbr, twin: int32[E]; asn: int64[n]; homes: int32[g].
        depth: int16[g, n], gets the length of the path; 0 at home, -1 where there is none.
        port: int16[g, n], gets the port of the best path (the lowest of the tied); -1 at home and
            where there is none.
        fib: uint8[g, E], zeroed, gets 1 for all tied next hops.
    """
    queue = np.empty(len(ptr) - 1, np.int32)
    for g in range(len(homes)):
        home = homes[g]
        depth[g, :] = -1
        port[g, :] = -1
        depth[g, home] = 0
        queue[0] = home
        head, tail = 0, 1
        while head < tail:
            h = queue[head]
            head += 1
            level = depth[g, h] + 1
            for e in range(ptr[h], ptr[h + 1]):
                v = nbr[e]
                if depth[g, v] != -1 and depth[g, v] != level:
                    continue
                if _names(ptr, nbr, asn, port[g], h, home, asn[v]):
                    continue
                slot = twin[e]
                fib[g, slot] = 1
                if depth[g, v] == -1:
                    depth[g, v] = level
                    port[g, v] = slot - ptr[v]
                    queue[tail] = v
                    tail += 1
                else:
                    port[g, v] = min(port[g, v], slot - ptr[v])


@njit(cache=True)
def _names(ptr, nbr, asn, port, h, home, number):
    """Whether what h announces names an AS number."""
    while True:
        if asn[h] == number:
            return True
        if h == home:
            return False
        h = nbr[ptr[h] + port[h]]
