"""Copies of files that cost no space where the filesystem can share it.

Shared blocks (reflinks) part as soon as one of the two files is written to, so neither can be
changed through the other. A hard link is one file with two names: whoever opens the imported file
and saves it in place would change our original. So it is never used for files of people.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from pathlib import Path
from typing import IO

# _IOW(0x94, 9, int) of linux/fs.h (https://man7.org/linux/man-pages/man2/ioctl_ficlone.2.html).
FICLONE = 0x40049409
# What filesystems say that cannot share, or not between these two places.
CANNOT = (errno.EOPNOTSUPP, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EPERM)
PIECE_BYTES = 1024**3


def copy(source: Path, target: Path) -> bool:
    """Copy a file to where none is; whether the two share their blocks. Raises OSError."""
    with source.open("rb") as old, target.open("xb") as new:
        shared = _shared(old, new)
        if not shared and not _copied_by_the_kernel(old, new):
            shutil.copyfileobj(old, new)
    return shared


def _shared(old: IO[bytes], new: IO[bytes]) -> bool:
    try:
        fcntl.ioctl(new.fileno(), FICLONE, old.fileno())
    except OSError as error:
        if error.errno not in CANNOT:
            raise
        return False
    return True


def _copied_by_the_kernel(old: IO[bytes], new: IO[bytes]) -> bool:
    """Without a way through this process, or through this machine where it is a file server's.

    https://man7.org/linux/man-pages/man2/copy_file_range.2.html
    """
    if not hasattr(os, "copy_file_range"):
        return False
    try:
        while os.copy_file_range(old.fileno(), new.fileno(), PIECE_BYTES):
            pass
    except OSError as error:
        if error.errno not in CANNOT or new.tell():
            raise
        return False
    return True
