"""Every limit that a file is read under, in one place. A file beyond one of them is refused in one line, never cut."""

from __future__ import annotations

FILE_BYTES = 64 * 2**20
"""Size of a file, of a page fetched by its address, and of each file inside an archive once it is unpacked."""
TEXT_CHARS = 8_000_000
"""Decoded text of one file; a long notice has 50,000 characters, and every offset must fit 32 bits."""
PART_BYTES = 48 * 2**20
"""One unpacked XML part of a Word file."""
ARCHIVE_BYTES = 256 * 2**20
"""All that an archive unpacks to, with the archives inside it."""
ARCHIVE_MEMBERS = 2_000
ARCHIVE_DEPTH = 3
"""Archives inside archives; the outermost is the first."""
PDF_PAGES = 3_000
PDF_PAGE_CHARS = 200_000
"""One page of a PDF; a densely printed newspaper page has 20,000."""
MERGED_CHARS = 60
"""A cell merged downwards is repeated in each of its rows if it is this short, so that a row can be read alone."""
NESTING = 400
"""Elements inside elements that are followed; what lies deeper is refused."""
PAGE_NODES = 200_000
"""Elements and texts of a web page; a long one has 10,000. A table of values counts by its rows."""
TABLE_CELLS = 200_000
"""All tables of a file together; counted before they are read, where the format tells."""
NOTES = 20
"""Lines told about what could not be read of one file; a last line counts the rest."""

CPU_SECONDS = 5
"""Processor time for one file that is read in a process of its own."""
WALL_SECONDS = 60
"""Time by the clock for the same: a machine under load is no reason to refuse a file."""
MEMORY_BYTES = 2**30
"""Address space of that process."""

PAGE_BYTES = 20 * 2**20
"""A page fetched by its address."""
PAGE_SECONDS = 30.0
PAGE_REDIRECTS = 5
