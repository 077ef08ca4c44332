"""Writes STEM.good and files of safetensors that are wrong in one way each."""
import json
import struct
import sys


def write(name: str, header: object, data: bytes = struct.pack("<2f", 1, 2)) -> None:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    with open(f"{sys.argv[1]}.{name}", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def tensor(dtype: str = "F32", shape: object = [2], offsets: object = [0, 8]) -> dict:
    return {"w": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


for name, content in (("short", b"abc"), ("header", b"\xff" * 8 + b"abcdefgh")):
    with open(f"{sys.argv[1]}.{name}", "wb") as file:
        file.write(content)
write("json", b"{'w'")
write("deep", b"[" * 1000000)
write("list", [])
write("lacks", {"w": {"dtype": "F32"}})
write("type", tensor("F7"))
write("shape", tensor(shape=[-2]))
write("wraps", tensor(shape=[1 << 40, 1 << 40]))
write("outside", tensor(offsets=[8, 16]))
write("less", tensor(offsets=[0, 4]))
write("good", tensor())
