"""Editions of control protocols as a headquarters reads them before it signs."""
