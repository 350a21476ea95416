"""The system calls that are refused inside, since namespaces and limits do not bound them.

New namespaces and mounts would bring folders without a bound. Memory files and System V's shared
memory belong to no process's memory. Keys, io_uring, BPF, performance events and sockets of other
families than those below are the kernel's own, and are in no namespace. No process traces another.
"""

from __future__ import annotations

import errno
import platform
import socket
import struct

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# By name: the number on x86_64, the number on aarch64.
_NOT_PERMITTED = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "open_by_handle_at": (304, 265),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "msgget": (68, 186),
}
# Programs do without these on an older kernel.
_NOT_THERE = {
    "clone3": (435, 435),  # its flags lie where a filter cannot look; clone is used instead
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "io_uring_setup": (425, 425),
    "mq_open": (240, 180),
}
_CLONE = (56, 220)
_SOCKET = (41, 198)
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, 16)  # the last is netlink
_NEW_NAMESPACES = 0x7E020000

_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
# Where the number, the processor and the first argument lie in what a filter sees.
_NUMBER, _PROCESSOR, _FIRST = 0, 4, 16
# On x86_64, numbers from here on are calls of another kind.
_X32 = 0x40000000


def is_known_processor() -> bool:
    """Tell whether the numbers of this processor's calls are known here."""
    return platform.machine() in _AUDIT_ARCH


def filter_program() -> bytes:
    """Return the filter for this processor, as instructions of BPF."""
    machine = platform.machine()
    place = list(_AUDIT_ARCH).index(machine)
    refused = struct.pack("=HBBI", _RETURN, 0, 0, _ERRNO | errno.EPERM)
    program = [
        _step(_LOAD, _PROCESSOR),
        _step(_EQUAL, _AUDIT_ARCH[machine], hit=1),
        refused,
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _X32, miss=1),
        refused,
    ]
    for calls, number in ((_NOT_PERMITTED, errno.EPERM), (_NOT_THERE, errno.ENOSYS)):
        for numbers in calls.values():
            program += [_step(_EQUAL, numbers[place], miss=1), _step(_RETURN, _ERRNO | number)]
    program += [
        _step(_EQUAL, _CLONE[place], miss=4),
        _step(_LOAD, _FIRST),
        _step(_ANY_BIT, _NEW_NAMESPACES, miss=1),
        refused,
        _step(_RETURN, _ALLOW),
        _step(_EQUAL, _SOCKET[place], miss=len(_FAMILIES) + 2),
        _step(_LOAD, _FIRST),
        *(_step(_EQUAL, f, hit=len(_FAMILIES) - n) for n, f in enumerate(_FAMILIES)),
        _step(_RETURN, _ERRNO | errno.EAFNOSUPPORT),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(program)


def _step(code: int, value: int, *, hit: int = 0, miss: int = 0) -> bytes:
    """Return one instruction; `hit` and `miss` are how many to skip after a comparison."""
    return struct.pack("=HBBI", code, hit, miss, value)
