"""Many faults x protocols x profiles: a campaign, on this process or on a pool of workers.

`bench` runs it, `provenance` says what is needed to run it again. Results depend on the inputs
alone, never on workers, order of completion or clock. What one trial does is `sim.trial`, what
results mean is `trace`, how they look is `report`.
To add a protocol or profile to campaigns, do nothing here: name it in `--protocols`, `--profile`.
"""
