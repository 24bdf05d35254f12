"""The list of system calls that a sandboxed child keeps; everything else is refused by the kernel.

Owns the list, as numbers, and the filter program made of it. It knows nothing of media. Written as raw BPF through ctypes, because
a fresh machine has no libseccomp. What is left lets a process compute, read and write what is already open, and end. It cannot
open, connect, fork, start a thread, signal anyone, or make memory executable.
"""

import ctypes
import errno
import os
import struct
import sys
from typing import Final

_ALLOWED: Final = {
    "x86_64": {
        "read": 0,
        "write": 1,
        "close": 3,
        "fstat": 5,
        "poll": 7,
        "lseek": 8,
        "munmap": 11,
        "brk": 12,
        "rt_sigaction": 13,
        "rt_sigprocmask": 14,
        "rt_sigreturn": 15,
        "pread64": 17,
        "pwrite64": 18,
        "readv": 19,
        "writev": 20,
        "sched_yield": 24,
        "mremap": 25,
        "madvise": 28,
        "nanosleep": 35,
        "getpid": 39,
        "exit": 60,
        "gettimeofday": 96,
        "getrusage": 98,
        "sigaltstack": 131,
        "gettid": 186,
        "futex": 202,
        "sched_getaffinity": 204,
        "restart_syscall": 219,
        "clock_gettime": 228,
        "clock_nanosleep": 230,
        "exit_group": 231,
        "set_robust_list": 273,
        "getrandom": 318,
        "rseq": 334,
    },
    "aarch64": {
        "close": 57,
        "lseek": 62,
        "read": 63,
        "write": 64,
        "readv": 65,
        "writev": 66,
        "pread64": 67,
        "pwrite64": 68,
        "ppoll": 73,
        "fstat": 80,
        "exit": 93,
        "exit_group": 94,
        "futex": 98,
        "set_robust_list": 99,
        "nanosleep": 101,
        "clock_gettime": 113,
        "clock_nanosleep": 115,
        "sched_getaffinity": 123,
        "sched_yield": 124,
        "restart_syscall": 128,
        "sigaltstack": 132,
        "rt_sigaction": 134,
        "rt_sigprocmask": 135,
        "rt_sigreturn": 139,
        "getrusage": 165,
        "gettimeofday": 169,
        "getpid": 172,
        "gettid": 178,
        "brk": 214,
        "munmap": 215,
        "mremap": 216,
        "madvise": 233,
        "getrandom": 278,
        "rseq": 293,
    },
}
# Allowed unless they ask for PROT_EXEC in their third argument: mmap, mprotect.
_ALLOWED_UNLESS_EXECUTABLE: Final = {"x86_64": (9, 10), "aarch64": (222, 226)}
_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}

_SECCOMP_SET_MODE_FILTER: Final = 1
_FOR_ALL_THREADS: Final = 1  # SECCOMP_FILTER_FLAG_TSYNC
_PR_SET_NO_NEW_PRIVS: Final = 38
_PROT_EXEC: Final = 4

# linux/filter.h and linux/seccomp.h: instruction codes, the layout of struct seccomp_data, return values.
_LOAD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_JUMP_IF_BITS: Final = 0x45
_RETURN: Final = 0x06
_NUMBER_AT, _ARCH_AT, _THIRD_ARGUMENT_AT = 0, 4, 32
_KILL: Final = 0x80000000
_REFUSE: Final = 0x00050000 | errno.EPERM
_ALLOW: Final = 0x7FFF0000


def machine() -> str | None:
    """This machine's name in the lists above; None where there is no filter for it."""
    name = os.uname().machine
    return name if sys.platform == "linux" and sys.maxsize > 2**32 and name in _ALLOWED else None


def filter_program(name: str) -> bytes:
    """The BPF program for machine `name`: allowed calls pass, the rest gets EPERM, a foreign calling convention ends the process."""
    plain = sorted(_ALLOWED[name].values())
    watched = _ALLOWED_UNLESS_EXECUTABLE[name]
    tail = [
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _THIRD_ARGUMENT_AT),
        (_JUMP_IF_BITS, 0, 1, _PROT_EXEC),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    comparisons = len(plain) + len(watched)
    # A jump counts from the instruction after it: to the end of the comparisons, then into the tail.
    to_allow = [(_JUMP_IF_EQUAL, comparisons - 1 - at + 4, 0, number) for at, number in enumerate(plain)]
    to_look = [(_JUMP_IF_EQUAL, comparisons - 1 - at + 1, 0, number) for at, number in enumerate(watched, len(plain))]
    head = [(_LOAD, 0, 0, _ARCH_AT), (_JUMP_IF_EQUAL, 1, 0, _AUDIT_ARCH[name]), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER_AT)]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in [*head, *to_allow, *to_look, *tail])


def install(name: str) -> None:
    """Puts every thread of this process behind the filter, for ever. Raises OSError where the kernel refuses."""
    program = filter_program(name)
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))  # struct sock_fprog
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_NO_NEW_PRIVS)")
    if libc.syscall(_SECCOMP[name], _SECCOMP_SET_MODE_FILTER, _FOR_ALL_THREADS, header):
        raise OSError(ctypes.get_errno(), "seccomp(SECCOMP_SET_MODE_FILTER)")
