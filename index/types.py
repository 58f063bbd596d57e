"""The nouns of the index: files, notices, sections, passages, hits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.marks import Mark


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One decoded file. `text` has its newlines normalised to LF; all offsets count its code points."""

    path: str
    """Path relative to the indexed folder, with forward slashes."""
    text: str
    sha256: str
    """SHA-256 of the file's bytes, hex."""
    encoding: str
    """Of a text its encoding, of other files their format (docx, pdf, zip)."""
    marks: tuple[Mark, ...] = ()
    """Pages, rows of tables, headings and files of an archive, by their start."""
    notes: tuple[str, ...] = ()
    """What could not be read of the file, one line each, for the person who indexes it."""


@dataclass(frozen=True, slots=True)
class Section:
    """A node of the heading tree; `start:end` is its own stretch, up to the next heading of any level.

    The sections of a notice, in order, cover it without gap or overlap.
    """

    start: int
    end: int
    level: int
    """0 for text before the first heading, then 1 (一、) to 5; deeper is larger."""
    heading: str
    """The heading with its number, without the trailing full stop; empty at level 0."""
    body_start: int
    """Where the text after the heading begins; equals `start` if there is no heading."""
    path: tuple[str, ...]
    """Headings from the outermost to this section's own."""
    furniture: bool = False
    """Page furniture (captcha, disclaimer, source link): kept in the text, not indexed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One 通报 and what its text says about itself. Unknown strings are empty, dates are ISO."""

    id: str
    file: str
    start: int
    end: int
    title: str
    unit: str
    """The place or body that the notice is about, e.g. 芜湖市."""
    aliases: tuple[str, ...]
    """Other names of the unit found in or built from the text, longest first."""
    issuer: str
    kind: str
    """巡视, 巡察 or empty."""
    inspector: str
    """The inspecting body, e.g. 省委第七巡视组."""
    period: tuple[str, str]
    """First and last day of the inspection, ISO, or two empty strings."""
    feedback_date: str
    published: str
    contact: tuple[tuple[str, str], ...]
    """Pairs (电话 | 邮箱 | 信箱 | 邮编, verbatim value)."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What is indexed: a slice of one leaf section. `end - start == len(text)` always holds."""

    id: str
    notice: str
    """Id of the notice it belongs to."""
    file: str
    start: int
    end: int
    text: str
    path: tuple[str, ...]
    """Heading path, kept beside the text and searched with it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its scores for one question; `score` is the fused one, in [0, 1]."""

    passage: Passage
    score: float
    lexical: float
    """Raw BM25 score; 0.0 if the lexical channel did not return the passage."""
    dense: float
    """Cosine similarity; 0.0 if the dense channel did not return the passage."""
