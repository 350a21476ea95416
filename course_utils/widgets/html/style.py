"""How every card looks, in JupyterLab's own colors, so that it follows the theme."""

from __future__ import annotations

_CARD = """
.hitl-card {border: 1px solid var(--jp-border-color1, #bdbdbd); border-radius: 4px;
  padding: 10px 14px; margin: 6px 0; max-width: 860px; overflow: hidden;}
.hitl-card .widget-html-content, .hitl-card .widget-radio-box label, .hitl-card .widget-checkbox,
.hitl-card .widget-label {line-height: 1.5; font-size: var(--jp-content-font-size1, 14px);
  color: var(--jp-content-font-color1, inherit);}
.hitl-card p, .hitl-card ul {margin: 2px 0;}
.hitl-card code {overflow-wrap: anywhere;}
.hitl-card button {width: auto;}
.hitl-card .jupyter-widgets.widget-box {overflow: visible;}
.hitl-card :is(button, input, textarea, select, .widget-label):focus-visible {
  outline: 2px solid var(--jp-brand-color1, #1976d2) !important; outline-offset: 2px;}
.hitl-card summary:focus-visible {outline-offset: -2px;}
.hitl-diff {text-align: left; overflow-wrap: anywhere;}
.hitl-diff del, .hitl-diff ins {text-decoration: none; color: inherit; white-space: pre-wrap;}
.hitl-diff del {background: rgba(211, 47, 47, 0.14);}
.hitl-diff ins {background: rgba(56, 142, 60, 0.18);}
.hitl-diff-lines {max-height: 20em; overflow: auto; margin: 2px 0;
  border: 1px solid var(--jp-border-color2, #e0e0e0);
  font-family: var(--jp-code-font-family, monospace); font-size: 0.92em;}
.hitl-diff-lines > div {display: flex; white-space: pre-wrap;}
.hitl-diff-lines > div > :first-child {flex: none; width: 1.6em; text-align: center;}
.hitl-diff-lines > div > :last-child {flex: 1; min-width: 0; white-space: pre-wrap;}
"""


def style(rules: str) -> str:
    """Return what a card puts before its words: the look of all cards, and rules of its own."""
    return f"<style>{_CARD}{rules}</style>"
