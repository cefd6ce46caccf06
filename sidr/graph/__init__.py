"""Pure kernels on CSR arrays: adjacency, components, distances, next-hop masks, detours.

Arrays in, arrays out: nothing here knows a Fabric's names, a protocol or a file. `csr` needs numpy
only; the numba kernels are imported by the functions that run them, so that starting the program
stays quick.
To add a kernel, do: a function of plain arrays in the module of its idea, with shapes and dtypes
in its docstring, and a slow oracle beside it in tests/graph.
"""
