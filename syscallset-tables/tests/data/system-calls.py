#!/usr/bin/env python3
"""Prints tests/data/system-calls.txt from the PyPI package `system-calls`.

    python3 -m pip install system-calls && python3 system-calls.py > system-calls.txt
"""

import importlib
from importlib.metadata import version

# Our names of the tables, and the package's where they differ.
TABLES = {
    name: {"aarch64": "arm64", "mips": "mipso32", "x86": "i386"}.get(name, name)
    for name in (
        "aarch64 arm csky loongarch64 m68k mips mips64 powerpc powerpc64 riscv32 riscv64 s390x x32 x86 x86_64"
    ).split()
}

numbers = {
    name: getattr(importlib.import_module(f"system_calls.tables.{table}"), f"syscalls_{table}")
    for name, table in TABLES.items()
}
calls = sorted(set().union(*numbers.values()))

print("# SPDX-License-Identifier: MIT")
print(f"# The numbers of the PyPI package system-calls {version('system-calls')}, printed by system-calls.py.")
print()
print("columns:", *TABLES)
for call in calls:
    print(call, *(numbers[name].get(call, "-") for name in TABLES))
