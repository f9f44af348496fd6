"""Turn into another program that ends with the process that started it.

Run as `python -I -S child.py PARENT SIGNAL UID GID PROGRAM ARGUMENT...`: SIGNAL is what the kernel
sends when the process PARENT dies, even by `kill -9`; UID and GID are the account to become, or -1.
PostgreSQL refuses to run as root, and a change of account clears the wish for that signal: so
both happen here, in this order, after the fork and before the program.
"""

import ctypes
import os
import sys

# https://man7.org/linux/man-pages/man2/pr_set_pdeathsig.2const.html
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become the account, ask for the signal, become the program."""
    parent, signal, uid, gid = (int(word) for word in sys.argv[1:5])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
        if os.getppid() != parent:
            sys.exit("the process that started this one has ended")
    os.execv(sys.argv[5], sys.argv[5:])


if __name__ == "__main__":
    main()
