"""Sans-I/O protocol cores, a folder each, all behind `handle(event, now_ns)`.

A core knows its own ports and what neighbours told it; time comes in as `now_ns`, randomness as
values drawn for it at its birth. `kit.py` says what a protocol offers to the drivers.
To add a protocol, do: a folder with a `Kit` (see `kit.py`), and its line in `registry.py`.
"""
