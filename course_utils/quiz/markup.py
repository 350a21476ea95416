"""The one mark-up of questions and answers: what stands between backticks is code."""

from __future__ import annotations

import re
from html import escape


def inline_html(text: str) -> str:
    """Escape a text; what stands between backticks becomes code, nothing else has a meaning."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escape(text))
