"""Numba kernels of the planner: next hops, siblings and detours of every (switch, group) at once.

Everything is bitsets over destination groups, 64 to a word, one row per slot e = (s -> h) of a
connected component. Breadth-first levels move all groups together: with F the last frontier and R
what has been reached, per level `X[s] = OR_h F[h] & ~R[s]` and `N[e] = F[h] & X[s]`. Siblings and
detours follow from N and its twins; only cells without a detour of extra cost 0 or 1 need a
search in the graph without the switch. Called by `plan`; import this module lazily.
"""

from __future__ import annotations

import numpy as np
from numba import njit

HALF = 0.5 + 1e-9
"""Rounds half up although a float may stand a last bit below the half (ours)."""


@njit(cache=True)
def levels(ptr, nbr, dests, words):
    """Distances and next hops.

    Args:
        ptr: int64[n+1]; nbr: int32[E]; dests: int32[g], switch of each group.
        words: ceil(g / 64).

    Returns:
        (next hops: uint64[E, words], distances: int16[g, n]; -1 = not reached).
    """
    n, slots = len(ptr) - 1, len(nbr)
    hops = np.zeros((slots, words), np.uint64)
    dist = np.full((len(dests), n), -1, np.int16)
    front = np.zeros((n, words), np.uint64)
    new = np.zeros((n, words), np.uint64)
    for j in range(len(dests)):
        front[dests[j], j // 64] |= np.uint64(1) << np.uint64(j % 64)
        dist[j, dests[j]] = 0
    reached = front.copy()
    level = 0
    moved = True
    while moved:
        level += 1
        moved = False
        for s in range(n):
            for w in range(words):
                arrived = np.uint64(0)
                for e in range(ptr[s], ptr[s + 1]):
                    arrived |= front[nbr[e], w]
                arrived &= ~reached[s, w]
                new[s, w] = arrived
                if arrived:
                    moved = True
                    for e in range(ptr[s], ptr[s + 1]):
                        hops[e, w] |= front[nbr[e], w] & arrived
                    for b in range(64):
                        if arrived >> np.uint64(b) & np.uint64(1):
                            dist[w * 64 + b, s] = level
        reached |= new
        front, new = new, front
    return hops, dist


@njit(cache=True)
def own_groups(n, dests, words):
    """uint64[n, words]: the groups that hang on each switch."""
    own = np.zeros((n, words), np.uint64)
    for j in range(len(dests)):
        own[dests[j], j // 64] |= np.uint64(1) << np.uint64(j % 64)
    return own


@njit(cache=True)
def two_next_hops(ptr, nbr, hops):
    """uint64[n, words]: groups for which a switch has two or more next-hop neighbours (parallel
    ports count once)."""
    n, words = len(ptr) - 1, hops.shape[1]
    two = np.zeros((n, words), np.uint64)
    for s in range(n):
        for w in range(words):
            one = np.uint64(0)
            e = ptr[s]
            while e < ptr[s + 1]:
                bundle, h = np.uint64(0), nbr[e]
                while e < ptr[s + 1] and nbr[e] == h:
                    bundle |= hops[e, w]
                    e += 1
                two[s, w] |= one & bundle
                one |= bundle
    return two


@njit(cache=True)
def detours(ptr, nbr, twin, hops, own):
    """Siblings, detours of extra cost 0 and 1, and what is left over.

    Returns:
        (sib, b1: uint64[E, words]; need, unprotected: uint64[n, words]). need: cells with some
        non-primary neighbour but no b1 yet. unprotected: cells with one next-hop neighbour and
        no b1 yet; none of these = every single link cut is survived by a detour.
    """
    n, words = len(ptr) - 1, hops.shape[1]
    sib, b1 = np.zeros_like(hops), np.zeros_like(hops)
    need, unprotected = np.zeros((n, words), np.uint64), np.zeros((n, words), np.uint64)
    two = two_next_hops(ptr, nbr, hops)
    groups = np.zeros(words, np.uint64)
    for s in range(n):
        groups |= own[s]
    for s in range(n):
        for w in range(words):
            cells = groups[w] & ~own[s, w]
            level = np.uint64(0)
            for e in range(ptr[s], ptr[s + 1]):
                equal = cells & ~hops[e, w] & ~hops[twin[e], w]
                level |= equal
                b1[e, w] = equal
                if nbr[e] < s:
                    sib[e, w] = equal
            other, found = np.uint64(0), np.uint64(0)
            for e in range(ptr[s], ptr[s + 1]):
                farther = cells & hops[twin[e], w] & two[nbr[e], w]
                b1[e, w] |= farther & ~level
                other |= cells & ~hops[e, w]
                found |= b1[e, w]
            need[s, w] = other & ~found
            unprotected[s, w] = cells & ~two[s, w] & ~found
    return sib, b1, need, unprotected


@njit(cache=True)
def search_detours(ptr, nbr, hops, need, dests, b1):
    """Fill b1 of the cells in `need` by a breadth-first search without the switch itself."""
    n = len(ptr) - 1
    dist = np.empty(n, np.int32)
    queue = np.empty(n, np.int32)
    for s in range(n):
        for j in range(len(dests)):
            w, bit = j // 64, np.uint64(1) << np.uint64(j % 64)
            if not need[s, w] & bit:
                continue
            _distances_without(ptr, nbr, dests[j], s, dist, queue)
            best = -1
            for e in range(ptr[s], ptr[s + 1]):
                cost = dist[nbr[e]]
                if not hops[e, w] & bit and cost >= 0 and (best < 0 or cost < best):
                    best = cost
            if best < 0:
                continue
            for e in range(ptr[s], ptr[s + 1]):
                if not hops[e, w] & bit and dist[nbr[e]] == best:
                    b1[e, w] |= bit


@njit(cache=True)
def _distances_without(ptr, nbr, source, banned, dist, queue):
    dist[:] = -1
    dist[source] = 0
    queue[0] = source
    head, tail = 0, 1
    while head < tail:
        v = queue[head]
        head += 1
        for e in range(ptr[v], ptr[v + 1]):
            u = nbr[e]
            if u != banned and dist[u] < 0:
                dist[u] = dist[v] + 1
                queue[tail] = u
                tail += 1


@njit(cache=True)
def weights(ptr, nbr, twin, cap, hops, dist, dests, out):
    """Nominal weights of next hops by the flow recursion from each destination outwards.

    rho(d) = 1; w0(v, p) = c_p * rho(next); rho(v) = sum w0 / sum of the capacities of the ports
    that have v as next hop, all of the intact fabric. Scaled to 1..255 per cell, rounded half up.

    Args:
        cap: float64[E]. out: uint8[g, E] to fill with zeros elsewhere, or uint8[0, 0] to only ask.

    Returns:
        True when every cell's weights are equal.
    """
    n = len(ptr) - 1
    rho = np.zeros(n)
    even = True
    ahead = back = np.zeros(0, np.uint64)  # one word of every row, side by side in memory
    for j in range(len(dests)):
        bit = np.uint64(j % 64)
        if j % 64 == 0:
            ahead = hops[:, j // 64].copy()
            back = ahead[twin]
        for v in np.argsort(dist[j], kind="mergesort"):
            if v == dests[j]:
                rho[v] = 1.0
                continue
            total, used, top = 0.0, 0.0, 0.0
            for e in range(ptr[v], ptr[v + 1]):
                if ahead[e] >> bit & np.uint64(1):
                    flow = cap[e] * rho[nbr[e]]
                    total += flow
                    top = max(top, flow)
                if back[e] >> bit & np.uint64(1):
                    used += cap[e]
            rho[v] = total / used if used > 0.0 else 0.0
            for e in range(ptr[v], ptr[v + 1]):
                if ahead[e] >> bit & np.uint64(1):
                    share = max(1, int(255.0 * cap[e] * rho[nbr[e]] / top + HALF))
                    even = even and share == 255
                    if len(out):
                        out[j, e] = share
    return even


@njit(cache=True)
def classes(lo, hi, prim, sib, b1, w0, cells, number, first):
    """Intern the cells of one switch (slots lo..hi) by content.

    Args:
        prim, sib, b1: uint64[E, words]; w0: uint8[g, E] or uint8[0, 0].
        cells: uint64[g, 3 * ceil(ports / 64)], zeroed; gets the port masks of every group.
        number: int32[g], gets the class of every group. first: int32[g], gets the first group
            of every class.

    Returns:
        How many classes there are, numbered in order of first use.
    """
    groups, width = cells.shape
    third = width // 3
    for e in range(lo, hi):
        word = (e - lo) // 64
        bit = np.uint64(1) << np.uint64((e - lo) % 64)
        for w in range(prim.shape[1]):
            for k in range(3):
                bits = prim[e, w] if k == 0 else sib[e, w] if k == 1 else b1[e, w]
                j = w * 64
                while bits:
                    if bits & np.uint64(1):
                        cells[j, k * third + word] |= bit
                    bits >>= np.uint64(1)
                    j += 1
    found = 0
    for j in range(groups):
        number[j] = -1
        for c in range(found):
            q = first[c]
            same = True
            for x in range(width):
                if cells[q, x] != cells[j, x]:
                    same = False
                    break
            if same and len(w0):
                for e in range(lo, hi):
                    if w0[q, e] != w0[j, e]:
                        same = False
                        break
            if same:
                number[j] = c
                break
        if number[j] < 0:
            first[found] = j
            number[j] = found
            found += 1
    return found
