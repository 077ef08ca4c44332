"""A structured fuzzer of Chameleon: `./dev fuzz`, and the table of types and operations: `./dev matrix`.

elements    element types, values with error bounds, scalar operations
nodes       operations on tensors: what they print and what NumPy says they compute
graphs      modules as lists of nodes
generator   random modules
operations  the fixed operations of docs/types.md
mutations   given files, changed at random
runner      compiles, runs and compares
reducer     makes a finding small
"""
