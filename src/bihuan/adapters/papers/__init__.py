"""Papers in: speeches, minutes and notices (`.txt .docx .pdf .html`) as plain text."""

from ._read import SUFFIXES, PaperFault, read_paper

__all__ = ["SUFFIXES", "PaperFault", "read_paper"]
