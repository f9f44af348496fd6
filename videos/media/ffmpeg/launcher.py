"""Script that limits itself and then becomes another program.

    python -I -S launcher.py --parent PID --nice N --cpu S --fsize B --as B --cores N -- PROGRAM ...

The server is threaded, so no Python code may run between fork and exec there (no preexec_fn); it
runs here instead, in the child's own interpreter. Only modules that load in a few milliseconds.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
CPU_GRACE_SECONDS = 5
EXIT_PARENT_GONE = 126
EXIT_NOT_RUN = 127


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends (Linux only)."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the call
        os._exit(EXIT_PARENT_GONE)


def be_nice(nice: int) -> None:
    """Lower the priority, also that of the autogroup: each session has one, and across sessions
    the kernel looks at nothing else (man 7 sched, "The autogroup feature")."""
    os.nice(nice)
    for _ in range(3):
        try:
            with open("/proc/self/autogroup", "w") as autogroup:  # noqa: PTH123 (pathlib is slow)
                autogroup.write(str(nice))
        except BlockingIOError:  # the kernel takes one change in 0.1 s from all users together
            time.sleep(0.1)
        except OSError:  # no autogroups here
            return
        else:
            return


def cap(kind: int, soft: int, hard: int) -> None:
    """Set one limit, never above what the parent was given."""
    ceiling = resource.getrlimit(kind)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(kind, (soft, hard))


def use_cores(cores: int) -> None:
    """Leave this process some of the cores it may use, others for each process that starts."""
    if sys.platform != "linux":
        return
    usable = sorted(os.sched_getaffinity(0))
    if cores < len(usable):
        first = os.getpid() % len(usable)
        os.sched_setaffinity(0, [usable[(first + n) % len(usable)] for n in range(cores)])


def limit(options: dict[str, int]) -> None:
    """Apply the limits that are given; a core dump is never written."""
    cap(resource.RLIMIT_CORE, 0, 0)
    if "--cpu" in options:
        cap(resource.RLIMIT_CPU, options["--cpu"], options["--cpu"] + CPU_GRACE_SECONDS)
    if "--fsize" in options:
        cap(resource.RLIMIT_FSIZE, options["--fsize"], options["--fsize"])
    if "--as" in options:
        with contextlib.suppress(ValueError):  # macOS refuses it
            cap(resource.RLIMIT_AS, options["--as"], options["--as"])


def main(argv: list[str]) -> None:
    """Limit this process as `argv` says, then become the program after `--`."""
    split = argv.index("--")
    pairs, program = argv[:split], argv[split + 1 :]
    options = {key: int(value) for key, value in zip(pairs[::2], pairs[1::2], strict=True)}
    die_with_parent(options["--parent"])
    be_nice(options.get("--nice", 0))
    if "--cores" in options:
        use_cores(options["--cores"])
    limit(options)
    # Python ignores these two, and an ignored signal stays ignored over exec.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    try:
        os.execvp(program[0], program)  # noqa: S606
    except OSError as error:
        os.write(2, f"[fatal] cannot run {program[0]}: {error.strerror}\n".encode())
        os._exit(EXIT_NOT_RUN)


if __name__ == "__main__":
    main(sys.argv[1:])
