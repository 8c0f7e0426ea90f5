"""The kernel's errors, as kernel/00-base/errno.h lists them."""

import errno

from .i18n import _


def meanings() -> dict[str, str]:
    """Returns what each error means, by its name, in the student's language."""
    return {
        "EPERM": _("not permitted"),
        "ENOENT": _("no such thing"),
        "EIO": _("the device failed"),
        "E2BIG": _("too long"),
        "ENOEXEC": _("not an executable"),
        "EBADF": _("not an open handle"),
        "ECHILD": _("no child"),
        "EAGAIN": _("not now, try again"),
        "ENOMEM": _("out of memory"),
        "EFAULT": _("bad address"),
        "EBUSY": _("in use"),
        "EEXIST": _("exists already"),
        "ENODEV": _("no such device"),
        "EINVAL": _("bad argument"),
        "ENOSPC": _("no room left"),
        "ERANGE": _("out of range"),
        "ENOSYS": _("not written yet"),
    }


def in_words(name: str, otherwise: str = "") -> str:
    """Returns the error NAME with its meaning; with OTHERWISE if it is not one of the kernel's."""
    return f"{name} ({meanings().get(name, otherwise)})"


def name_of(result: int) -> str:
    """Returns the name of the error that RESULT is, be it negative or 32 bits; "" for none."""
    code = -result if result < 0 else 2**32 - result
    name = errno.errorcode.get(code, "")
    return name if name in meanings() else ""
