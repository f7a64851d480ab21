"""What only the Linux kernel can promise: children that die with their parent, adopted orphans, user namespaces."""

import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_CLONE_NEWUSER = 0x10000000

_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    if _libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero) != 0:
        raise OSError(ctypes.get_errno(), "prctl refused")


def die_with_parent(signum: int) -> Callable[[], None]:
    """Answer what the new child must run before its exec, so that it receives `signum` when its parent ends.

    The kernel forgets the wish when the user id changes, so it has to be the last step. It speaks of the parent's
    *thread*: start such children from a thread that lives as long as they may.
    """
    parent = os.getpid()

    def in_child() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        _prctl(_PR_SET_PDEATHSIG, signum)
        if os.getppid() != parent:  # the parent ended before the wish was made
            os.kill(os.getpid(), signal.SIGKILL)

    return in_child


def end_with_parent() -> None:
    """Asks the kernel to kill this process when the thread that started it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans(wanted: bool) -> None:
    """Make this process the parent of every descendant whose own parent ends (or stop being it)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, int(wanted))


def become_in_user_namespace(uid: int) -> None:
    """Enter a new user namespace in which this one user is called `uid`. Only for a child with a single thread."""
    outside = os.geteuid()
    if _libc.unshare(ctypes.c_int(_CLONE_NEWUSER)) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    Path("/proc/self/uid_map").write_text(f"{uid} {outside} 1\n")


def child_pids() -> set[int]:
    """Process ids of the living and the unreaped children of this process, adopted ones included."""
    try:
        lists = [(task / "children").read_text() for task in Path("/proc/self/task").iterdir()]
    except FileNotFoundError:  # a kernel built without these lists
        return {int(entry.name) for entry in Path("/proc").iterdir() if _is_my_child(entry)}
    return {int(pid) for text in lists for pid in text.split()}


def _is_my_child(entry: Path) -> bool:
    if not entry.name.isdigit():
        return False
    try:
        text = (entry / "stat").read_text(errors="replace")
    except OSError:  # it ended while we looked
        return False
    return int(text.rpartition(")")[2].split()[1]) == os.getpid()


def group_is_empty(group: int) -> bool:
    """True when no process, not even an unreaped one, is left in the process group."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def signal_group(group: int, signum: int) -> None:
    """Send a signal to a process group; a group that is gone already is no error."""
    try:
        os.killpg(group, signum)
    except ProcessLookupError:
        return
