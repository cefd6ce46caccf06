"""sidr: a laboratory for fabric routing.

When light goes out somewhere in a fabric, how long does traffic suffer, and what would another
way of routing have done on the same fabric, the same fault and the same packets?
"""

__version__ = "0.1.0"
