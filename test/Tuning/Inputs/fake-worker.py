#!/usr/bin/env python3
"""A worker that lies, floods or is silent, as the environment variable FAKE says; else all candidates take 1 us."""
import json
import os
import struct
import sys
import time

mode = os.environ.get("FAKE", "")
stdin, stdout = sys.stdin.buffer, sys.stdout.buffer


def send(reply):
    text = json.dumps(reply).encode()
    stdout.write(struct.pack("<I", len(text)) + text)
    stdout.flush()


def receive():
    length = stdin.read(4)
    if len(length) < 4:
        sys.exit(0)
    return json.loads(stdin.read(struct.unpack("<I", length)[0]))


def results(request, count):
    seconds = {"negative": -1.0, "zero": 0.0, "infinite": None}.get(mode, 1e-6)
    good = {
        "outcome": "ok",
        "message": "",
        "seconds": seconds,
        "spreadSeconds": 1e-8,
        "relativeError": 0.0,
        "compileSeconds": 0.01,
        "measureSeconds": 0.01,
        "calls": 5,
    }
    if mode == "escapes" and request["type"] == "run":
        good.update(outcome="run-crash", message="\x1b[31mred" * 50000)
    return [dict(good) for _ in range(count)]


if mode == "welcome":
    stdout.write(b"Welcome to host42!\n")
    stdout.flush()
if mode == "flood":
    while True:
        stdout.write(b"y\n" * 4096)
if mode == "half-frame":
    stdout.write(struct.pack("<I", 0x3FFFFFFF) + b"{" + b" " * (1 << 20))
    stdout.flush()
if mode == "silent":
    time.sleep(1000)
while True:
    request = receive()
    kind, reply = request["type"], {"id": request["id"]}
    if kind == "hello":
        reply.update(
            type="ready",
            version=99 if mode == "version" else request["version"],
            children=1 << 40 if mode == "children" else 1,
            devices=0,
            generator="another" if mode == "build" else os.environ["GENERATOR"],
        )
    elif kind == "task":
        reply.update(type="prepared", remark="", wantsDevice=False, bytes=0)
        if mode == "babble":
            while True:
                send({"id": 0, "type": "lost", "lostChild": 0})
    elif kind == "compile":
        reply.update(type="results", results=results(request, 1))
        if mode == "dies":
            sys.exit(9)
    elif kind == "run":
        count = len(request["executables"])
        reply.update(type="results", results=results(request, 0 if mode == "none" else count))
    else:
        continue
    send(reply)
