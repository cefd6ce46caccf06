"""The vocabulary: ids, Fabric, Plan, events, effects, faults, profiles, trace records.

Values only, no behaviour beyond naming: every room above reads these, none is read here.
To add an event or an effect, do: a frozen Struct in `events.py` or `effects.py`, a line in its
union, and a row in the drivers that consume it.
"""
