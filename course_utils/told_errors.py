"""Errors for people: a notebook shows their words, and nothing of a traceback."""

from __future__ import annotations


class ToldError(Exception):
    """Something that a learner can put right; the message says what, and with what."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of the traceback."""
        return f"{type(self).__name__}: {self}".split("\n")
