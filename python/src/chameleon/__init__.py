"""Python side of Chameleon, the MLIR autotuner.

chameleon.export    PyTorch modules as linalg-on-tensors .mlir files (needs torch and torch-mlir)
chameleon.database  what was measured: a read-only view of the tuning database (standard library only)
"""

__version__ = "0.1.0"
