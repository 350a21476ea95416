"""Linux's own calls that a jail is made of, through ctypes; nothing is loaded at import."""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import socket
import struct
from functools import cache
from typing import Any

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_MOUNT_SETATTR = 442
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_CAPABILITIES_VERSION = 0x20080522
_SECCOMP_MODE_FILTER = 2
_MADV_COLLAPSE = 25
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1


@cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Put this process, or for the PID namespace its children, into new namespaces."""
    _checked(_libc().unshare(ctypes.c_int(flags)), "unshare")


def setns(descriptor: int, kind: int) -> None:
    """Enter a namespace of one kind that a descriptor stands for."""
    _checked(_libc().setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), "setns")


def mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """Put a filesystem or a folder at a place, or change how it is there."""
    encoded = [word.encode() if word is not None else None for word in (source, target, kind)]
    result = _libc().mount(*encoded, ctypes.c_ulong(flags), data.encode() or None)
    _checked(result, f"mount {target}")


def unmount(target: str) -> None:
    """Take a mount and all below it away."""
    _checked(_libc().umount2(target.encode(), MNT_DETACH), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root, with the root of before at `old` below it."""
    number = _PIVOT_ROOT[platform.machine()]
    _checked(_libc().syscall(ctypes.c_long(number), new.encode(), old.encode()), "pivot_root")


def restrict_mounts(target: str, flags: int) -> None:
    """Add MS_RDONLY, MS_NOSUID, MS_NODEV or MS_NOEXEC to a mount and to all below it.

    Raises:
        OSError: with ENOSYS on a Linux before 5.12.
    """
    # The attributes of mount_setattr(2) have the bits that the flags have.
    attributes = struct.pack("=QQQQ", flags, 0, 0, 0)
    result = _libc().syscall(
        ctypes.c_long(_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        target.encode(),
        ctypes.c_uint(_AT_RECURSIVE),
        attributes,
        ctypes.c_size_t(len(attributes)),
    )
    _checked(result, f"mount_setattr {target}")


def prctl(option: int, second: int = 0, third: int = 0) -> None:
    """Set one attribute of this process."""
    arguments = [ctypes.c_ulong(number) for number in (second, third, 0, 0)]
    _checked(_libc().prctl(ctypes.c_int(option), *arguments), f"prctl {option}")


def drop_bounding_set() -> None:
    """Give up every capability for whatever this process executes, and its ambient ones."""
    prctl(PR_CAP_AMBIENT, 4)
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            return  # the last one that this kernel knows has gone


def drop_capabilities() -> None:
    """Give up every capability of this process."""
    header = struct.pack("=Ii", _CAPABILITIES_VERSION, 0)
    _checked(_libc().capset(header, struct.pack("=6I", *[0] * 6)), "capset")


def filter_calls(program: bytes) -> None:
    """Have the kernel ask a BPF program about each call of this process and its children.

    Args:
        program: its instructions, 8 bytes each.
    """
    held = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("@HP", len(program) // 8, ctypes.addressof(held))
    pointer = ctypes.create_string_buffer(described, len(described))
    prctl(PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(pointer))


def loopback_up() -> None:
    """Bring up 127.0.0.1 of a new network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP))


def join_pages(start: int, size: int) -> None:
    """Have memory lie in large pages, as far as there are some: a fork then copies fewer entries.

    Args:
        start: an address, at the begin of a large page.
        size: bytes.
    """
    _libc().madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), ctypes.c_int(_MADV_COLLAPSE))
