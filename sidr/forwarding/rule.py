"""The forwarding rule: which ports a packet takes at a switch, and with which tag it leaves.

One implementation for simulation, verification and live views. Not here: where the traffic ends
up (`columns`) and who decided the tables. Numba kernels; import this module lazily.

At switch v for destination d with tag t and in-port i, where `live` are the admitted ports that
have light, `pois` those whose neighbour announced r = 0, X all ports to the neighbour behind i,
ex = live without X and ok = ex without pois; the first line with a non-empty port set wins:

    prim & ok                        tag t      split by w0 * r
    sib & ok                         tag t
    t < K: b1 & live without pois    tag t + 1  all of b1, a return through X allowed
    t < K: rest & ok                 tag t + 1  rest = neither prim nor b1
    prim & ex                        tag t      a notice is advisory when nothing else is left
    t < K: live                      tag t + 1  only the in-port is left
    otherwise drop

Shortest-path protocols (`tagged` = 0) split evenly over their live next hops.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from sidr.model.fabric import F64, I32, I64
from sidr.model.plan import B1, PRIM, SIB, U8

Bools = npt.NDArray[np.bool_]


class Net(NamedTuple):
    """The unchanging side of a component: k switches, E slots (see `forwarding.space`)."""

    ptr: I64
    nbr: I32
    twin: I32
    cap: F64


class Rule(NamedTuple):
    """Which rule forwards; all ints, 0 or 1 but for bounces.

    raise_tag = 0 is the mutation that must loop: detours do not raise the tag.
    weighted = 0 splits evenly per port, 1 by the weights that the rule names.
    """

    tagged: int
    bounces: int
    raise_tag: int
    weighted: int


class Column(NamedTuple):
    """One destination's tables (rows of E), what is live (table side), the part of packets that
    each slot carries (physics; a bool where nothing is lossy), and the hops of every switch."""

    dest: int
    role: U8
    w0: U8
    r: U8
    live: Bools
    lit: Bools | F64
    dist: npt.NDArray[np.int16]


PLAIN = Rule(0, 0, 1, 0)
"""Equal-cost multipath over the next hops in the FIB."""


@njit(cache=True)
def _pick(net, col, span, want, usable_only, behind, by, slots, weights):
    """Slots of a switch's span whose role matches; returns how many were put into the buffers.

    want: role bits to match, 0 = rest, -1 = any. by: 0 = equal, 1 = w0 * r, 2 = w0, 3 = capacity.
    """
    count = 0
    for e in range(span[0], span[1]):
        if not col.live[e] or net.nbr[e] == behind or (usable_only and col.r[e] == 0):
            continue
        role = col.role[e]
        if (want > 0 and not role & want) or (want == 0 and role & (PRIM | B1)):
            continue
        slots[count] = e
        if by == 0:
            weights[count] = 1.0
        elif by == 1:
            weights[count] = float(col.w0[e]) * float(col.r[e])
        elif by == 2:
            weights[count] = float(col.w0[e])
        else:
            weights[count] = net.cap[e]
        count += 1
    return count


@njit(cache=True)
def branches(net, rule, col, v, tag, back, slots, weights):
    """The rule at switch v for a packet with `tag` that came in over slot `back` of v (-1: here).

    Fills the buffers (at least v's degree long) and returns (count, tag on leaving); 0 = drop.
    """
    span = (net.ptr[v], net.ptr[v + 1])
    if rule.tagged == 0:
        return _pick(net, col, span, -1, True, -1, 0, slots, weights), tag
    behind = net.nbr[back] if back >= 0 else -1
    by_capacity = 3 * rule.weighted
    risen = tag + rule.raise_tag
    may_rise = tag < rule.bounces or rule.raise_tag == 0
    count = _pick(net, col, span, PRIM, True, behind, rule.weighted, slots, weights)
    if count == 0:
        count = _pick(net, col, span, SIB, True, behind, by_capacity, slots, weights)
    if count:
        return count, tag
    if may_rise:
        count = _pick(net, col, span, B1, True, -1, by_capacity, slots, weights)
        if count == 0:
            count = _pick(net, col, span, 0, True, behind, by_capacity, slots, weights)
        if count:
            return count, risen
    count = _pick(net, col, span, PRIM, False, behind, 2 * rule.weighted, slots, weights)
    if count or not may_rise:
        return count, tag
    return _pick(net, col, span, -1, False, -1, by_capacity, slots, weights), risen


@njit(cache=True)
def has_usable_primary(net, col, v):
    """Whether some live primary of v leads to a neighbour that announced r > 0."""
    for e in range(net.ptr[v], net.ptr[v + 1]):
        if col.role[e] & PRIM and col.live[e] and col.r[e] > 0:
            return True
    return False


@njit(cache=True)
def in_port_matters(net, col, back):
    """Whether a usable primary leads back to the neighbour behind slot `back`: otherwise, where
    any usable primary exists, packets from there are forwarded as if they had started here."""
    u, v = net.nbr[back], net.nbr[net.twin[back]]
    e = back
    while e > net.ptr[v] and net.nbr[e - 1] == u:
        e -= 1
    while e < net.ptr[v + 1] and net.nbr[e] == u:
        if col.role[e] & PRIM and col.live[e] and col.r[e] > 0:
            return True
        e += 1
    return False
