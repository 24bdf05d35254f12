"""The filter's program, run by a small interpreter of BPF: the kernel's own answer is asked for in test_sandbox.py."""

import errno
import struct

import pytest

from server.intake.seccomp import filter_program

X86_64, AARCH64 = 0xC000003E, 0xC00000B7
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
MACHINES = [("x86_64", X86_64), ("aarch64", AARCH64)]
READ = {"x86_64": 0, "aarch64": 63}
REFUSED = {
    "x86_64": {"open": 2, "dup": 32, "socket": 41, "clone": 56, "execve": 59, "kill": 62, "fcntl": 72, "prctl": 157, "tgkill": 234},
    "aarch64": {"fcntl": 25, "openat": 56, "kill": 129, "tgkill": 131, "prctl": 167, "socket": 198, "clone": 220, "execve": 221},
}
SINCE_2011 = {"openat2": 437, "clone3": 435, "io_uring_setup": 425, "pidfd_send_signal": 424}
MMAP = {"x86_64": 9, "aarch64": 222}
MPROTECT = {"x86_64": 10, "aarch64": 226}
PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4


def run(program: bytes, arch: int, number: int, third_argument: int = 0) -> int:
    """What the program returns for a call."""
    data = struct.pack("=IIQ6Q", number, arch, 0, 0, 0, third_argument, 0, 0, 0)
    instructions = list(struct.iter_unpack("=HBBI", program))
    at = accumulator = 0
    while True:
        code, if_true, if_false, value = instructions[at]
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif code == 0x15:
            at += if_true if accumulator == value else if_false
        elif code == 0x45:
            at += if_true if accumulator & value else if_false
        else:
            assert code == 0x06
            return int(value)


@pytest.mark.parametrize(("machine", "arch"), MACHINES)
def test_reading_is_allowed_and_opening_is_not(machine: str, arch: int) -> None:
    program = filter_program(machine)
    assert run(program, arch, READ[machine]) == ALLOW
    for name, number in (REFUSED[machine] | SINCE_2011).items():
        assert run(program, arch, number) == REFUSE, name


@pytest.mark.parametrize(("machine", "arch"), MACHINES)
def test_every_call_gets_one_of_two_answers_and_few_are_allowed(machine: str, arch: int) -> None:
    program = filter_program(machine)
    answers = [run(program, arch, number) for number in range(600)]
    assert set(answers) == {ALLOW, REFUSE}
    assert answers.count(ALLOW) < 40


@pytest.mark.parametrize(("machine", "arch"), MACHINES)
def test_memory_may_not_become_executable(machine: str, arch: int) -> None:
    program = filter_program(machine)
    for number in (MMAP[machine], MPROTECT[machine]):
        assert run(program, arch, number, PROT_READ | PROT_WRITE) == ALLOW
        assert run(program, arch, number, PROT_READ | PROT_EXEC) == REFUSE


def test_a_foreign_calling_convention_ends_the_process() -> None:
    i386 = 0x40000003
    assert run(filter_program("x86_64"), i386, READ["x86_64"]) == KILL


def test_the_other_numbers_of_x86_are_refused() -> None:
    x32 = 0x40000000
    assert run(filter_program("x86_64"), X86_64, x32 | READ["x86_64"]) == REFUSE
