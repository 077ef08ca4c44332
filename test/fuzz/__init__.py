"""A structured fuzzer of Chameleon: `./dev fuzz`, and the table of types and operations: `./dev matrix`.

elements    element types, values with error bounds, scalar operations
nodes       operations on tensors: what they print and what NumPy says they compute
graphs      modules as lists of nodes
compound    running sums, gathering, sorting and other operations that linalg has no name for
generator   random modules
operations  products, convolutions, pools, reductions
cases       the operations of docs/types.md;  matrix: checks and tables them
mutations   given files, changed at random
runner      compiles, runs and compares
reducer     makes a finding small
"""
