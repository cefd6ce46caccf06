"""Exact delivered shares over sets of failures: what a plan promises, checked set by set.

No protocol and no time here: tables are as planned, ports of failed links are out, and notices
have either not arrived at all (`local`) or all of them have (`notified`).
To add a kind of failure, do: its items in `failures.items`, its name in `failures.KINDS`.
"""
