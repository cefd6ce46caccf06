"""Driver A: virtual time. The cores of a whole fabric, its physics and its FIBs, deterministic.

`kernel` is the clock, `hardware` what things cost, `world` the fabric with its cores, `trial` one
fault from converged state to a measured row, `replay` a recorded trace fed to fresh cores.
Modelled: light, detection, pruning, link delays, CPU cost per message, FIB write costs, order on
links. Not modelled: congestion and reordering, queueing for CPU between messages.
To add a physical change, do: its kind in `model.faults.Change`, its row in `world.World.CHANGES`.
"""
