"""Why the system could not do what was asked, in words that tell a person what to look at."""

from __future__ import annotations

import errno

_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "系统不允许",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经存在",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.EFBIG: "文件超过系统允许的大小",
    errno.EROFS: "所在磁盘只能读取",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "符号链接绕成了圈",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.EIO: "磁盘读写出错",
    errno.EBUSY: "正被其他程序占用",
    errno.ENXIO: "设备没有连接",
    errno.ENOTEMPTY: "文件夹不是空的",
}

_ADVICE = {
    **dict.fromkeys((errno.EACCES, errno.EPERM), "请检查权限，或换一个位置"),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "请腾出空间后再试"),
    errno.EROFS: "请换一个可以写入的位置",
}


def reason_of(error: OSError) -> str:
    """Return in one line why the system refused; of errors that are not known here, what the system says itself.

    >>> reason_of(FileNotFoundError(2, "No such file or directory"))
    '没有这个文件或文件夹'
    """
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def with_advice(error: OSError) -> str:
    """Return the reason with what to do about it, where something can be done.

    >>> with_advice(PermissionError(13, "Permission denied"))
    '没有权限；请检查权限，或换一个位置'
    """
    advice = _ADVICE.get(error.errno or 0)
    return f"{reason_of(error)}；{advice}" if advice else reason_of(error)


def in_a_line(error: Exception) -> str:
    """Return the line for a person: of an error of the system the file, the reason and what to do, else its own words."""
    if not isinstance(error, OSError):
        return str(error)
    place = f"{error.filename}：" if error.filename is not None else ""
    return f"无法读写 {place}{with_advice(error)}"
