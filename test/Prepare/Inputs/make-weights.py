"""Writes a safetensors file with w (2x3xf32), v (2xbf16) and one more; and w.npy, v.npy and z.npy (2x3xf32) to a folder."""
import json
import pathlib
import struct
import sys

header = {"__metadata__": {"format": "pt"}}
for name, dtype, shape, begin, end in (("w", "F32", [2, 3], 0, 24), ("v", "BF16", [2], 24, 28), ("other", "I8", [1], 28, 29)):
    header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
text = json.dumps(header).encode()
data = struct.pack("<6f", 1, 2, 3, 4, 5, 6) + struct.pack("<2H", 0x3F80, 0x4000) + b"x"
pathlib.Path(sys.argv[1]).write_bytes(struct.pack("<Q", len(text)) + text + data)

array = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".ljust(117) + b"\n"
for name in "wvz":
    content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(array)) + array + struct.pack("<6f", 6, 5, 4, 3, 2, 1)
    (pathlib.Path(sys.argv[2]) / f"{name}.npy").write_bytes(content)
