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


def reason_of(error: OSError) -> str:
    """Return in one line why the system refused; of errors that are not known here, what the system says itself.

    >>> reason_of(FileNotFoundError(2, "No such file or directory"))
    '没有这个文件或文件夹'
    """
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)
