"""Fabric -> Plan: the order, masks, detours, weights and encoded tables of every switch.

`component` solves one connected component (a plane) with the kernels of `graph`, `tables` makes
each switch's bytes of it, `build` puts a Plan together, `store` saves and loads plans. What tables
do to traffic is not here (`forwarding`), nor is the certificate yet.
To add a layer to tables, do: its bitsets in `model.plan.PlanPart` and `component.solve`, its
section in `forwarding.codec`, its line in the forwarding rule.
"""

from sidr.plan.build import plan

__all__ = ["plan"]
