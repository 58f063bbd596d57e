"""Errors of the index.

TongbaoError
├── ClusterError         a Dask cluster cannot be used
├── ReadError            a source file cannot be read as a notice
├── IndexMissingError    there is no index at that folder
├── IndexDamagedError    a file of the index is missing or altered
├── IndexFormatError     the index was written by another format version
├── ModelMismatchError   the index was built with another embedding model
├── NothingIndexedError  no file could be indexed; the previous generation stays
├── StoreError           a store outside the index folder cannot be used
│   └── StoreDamagedError    it can, but does not hold what the index put there
└── WorkerError          the worker processes of a build cannot be started
"""


class TongbaoError(Exception):
    """Base of every error this project raises on purpose; `str()` is one line for a person."""


class ClusterError(TongbaoError):
    """A Dask cluster cannot be used; the message says why and what to do."""


class ReadError(TongbaoError):
    """A source file cannot be read as a notice; the message says why."""


class IndexMissingError(TongbaoError):
    """There is no index in the folder."""


class IndexDamagedError(TongbaoError):
    """A file of the index is missing or its bytes were altered."""


class IndexFormatError(TongbaoError):
    """The index was written by another format version."""


class ModelMismatchError(TongbaoError):
    """The index was built with another embedding model than the one asked for."""


class NothingIndexedError(TongbaoError):
    """No file could be indexed; the previous generation, if any, stays in use."""


class StoreError(TongbaoError):
    """A store outside the index folder cannot be reached, is not installed or is not what was asked for."""


class StoreDamagedError(StoreError):
    """A store outside the index folder does not hold what the index put there."""


class WorkerError(TongbaoError):
    """The worker processes of a build cannot be started; the message says what to do."""
