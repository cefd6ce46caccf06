"""Driver B: a planner and one agent per switch as asyncio tasks, and links that a person can break.

The cores are those of the simulator. `bus` is what planner and agents talk over (`memory` in one
process, `mqtt` through a broker), `topics` and `letters` what they say, `keys` their signatures.
`web` shows a running emulation in a browser, where a click cuts a link; it sees only `web.Watched`.
Agents talk to neighbours over emulated links only, and those die with the link: never by the bus.
Figures measured here measure Python; convergence times come from virtual time or the lab.
To add a bus, do: a module with the methods of `bus.Bus`, a scheme in `connect`, and its line in
the conformance suite, which then runs on it.
"""
