"""What tables do to traffic: the forwarding rule, the table codec, the notice fixpoint, exact
delivered / blackholed / looping shares, link loads and hop counts over all FIBs at one instant.

Tables and port states come in as arrays; nothing here knows time, protocols or why a port is dead.
To add a forwarding rule, do: its lines in `rule.branches`, a field of `rule.Rule` that selects it,
and its oracle in tests/forwarding.
"""
