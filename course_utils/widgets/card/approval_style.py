"""How the approval card looks."""

from __future__ import annotations

from course_utils.widgets.card.looks import COLORS, STATUSES
from course_utils.widgets.html.style import style

_RULES = """
.hitl-card.hitl-approval {border-left-width: 4px;}
.hitl-approval table {border-collapse: collapse; margin: 4px 0 8px;}
.hitl-approval th, .hitl-approval td {text-align: left; vertical-align: top; background: none;
  padding: 2px 14px 2px 0; border: none; white-space: pre-wrap; overflow-wrap: anywhere;}
.hitl-approval th {font-weight: 600; white-space: nowrap;}
.hitl-approval .hitl-caution {padding: 2px 8px; margin: 4px 0;
  border-left: 3px solid var(--jp-warn-color1, #f57c00);}
.hitl-approval .hitl-standing {align-items: baseline;}
.hitl-approval .hitl-standing > .widget-html {flex: 1 1 300px; min-width: 0; margin-left: 4px;}
.hitl-approval .hitl-title {height: auto; padding: 0 2px; margin-left: 0; font-weight: 600;}
.hitl-approval .hitl-action {margin-top: 8px;}
.hitl-approval .hitl-description {white-space: pre-wrap;}
.hitl-approval .hitl-wide {width: min(640px, 100%); height: auto; flex-direction: column;}
.hitl-approval .hitl-wide .widget-label {width: auto; text-align: left;}
.hitl-approval .hitl-wide textarea {width: 100%; box-sizing: border-box;}
.hitl-approval details[open] {max-height: 20em; overflow: auto;}
.hitl-approval .hitl-head {border-bottom: 1px solid var(--jp-border-color2, #e0e0e0);
  padding-bottom: 4px; margin-bottom: 4px;}
.hitl-approval .hitl-about {color: var(--jp-content-font-color1, inherit); font-size: 0.9em;}
.hitl-approval .hitl-about > span {margin-right: 18px;}
.hitl-approval .hitl-asked {white-space: pre-wrap; overflow-wrap: anywhere;}
.hitl-approval .hitl-unfolds {background: none; padding: 0 8px 0 0; font-size: 0.9em;
  color: var(--jp-content-link-color, #1565c0); box-shadow: none; text-align: left;}
.hitl-approval .hitl-unfolded {max-height: 20em; overflow: auto; padding: 2px 8px; margin: 2px 0;
  border: 1px solid var(--jp-border-color2, #e0e0e0);}
.hitl-approval .hitl-message {white-space: pre-wrap; overflow-wrap: anywhere; margin: 4px 0;}
.hitl-approval .hitl-read-out > :has(> .hitl-step) {border-bottom: 1px solid
  var(--jp-border-color2, #e0e0e0); padding-bottom: 4px; margin-bottom: 4px;}
.hitl-approval .hitl-step {padding: 2px 0 4px;}
.hitl-approval .jupyter-button.mod-success {background-color: var(--hitl-button-go);}
.hitl-approval .jupyter-button.mod-warning {background-color: var(--hitl-button-again);}
.hitl-approval details.hitl-step[open] {max-height: none; overflow: visible;}
.hitl-approval .hitl-step blockquote {margin: 2px 0 2px 4px; padding: 0 0 0 10px;
  border-left: 2px solid var(--jp-border-color1, #bdbdbd); white-space: pre-wrap;
  overflow-wrap: anywhere; font-style: normal; color: inherit;}
.hitl-approval .hitl-step .hitl-proposed {margin-left: 4px;}
.hitl-approval .hitl-end {font-weight: 600; white-space: nowrap; margin-right: 6px;}
.hitl-approval .hitl-happened {white-space: pre-wrap; overflow-wrap: anywhere;}
.hitl-approval button.hitl-chosen {outline: 3px solid var(--hitl-say); outline-offset: 1px;}
.hitl-approval button.hitl-chosen::after {content: "  ✓ chosen"; white-space: pre;}
@keyframes hitl-appear {to {opacity: 1;}}
@keyframes hitl-turn {to {transform: rotate(360deg);}}
.hitl-approval.hitl-deciding .hitl-title::before {content: ""; display: inline-block;
  width: 0.7em; height: 0.7em; border: 2px solid currentColor; border-right-color: transparent;
  border-radius: 50%; opacity: 0;
  animation: hitl-appear 0s 0.3s forwards, hitl-turn 1s 0.3s linear infinite;}
@media (prefers-reduced-motion: reduce) {.hitl-approval.hitl-deciding .hitl-title::before {
  animation: hitl-appear 0s 0.3s forwards;}}
"""
# JupyterLab's own green and orange are too bright for the white words on them in a light theme.
_FILLS = "--hitl-button-go: #2e7d32; --hitl-button-again: #b34700;"
_DARK_FILLS = (
    "--hitl-button-go: var(--jp-success-color1); --hitl-button-again: var(--jp-warn-color1);"
)
_DARK = ':is([data-jp-theme-light="false"], .vscode-dark) .hitl-approval'


def _colors() -> str:
    """Name each tone's color, in light and dark, and what is written in it."""
    light = "".join(f"--hitl-{tone}: {color}; " for tone, (color, _) in COLORS.items())
    dark = "".join(f"--hitl-{tone}: {color}; " for tone, (_, color) in COLORS.items())
    tones = "".join(f".hitl-tone-{tone} {{color: var(--hitl-{tone});}}\n" for tone in COLORS)
    edges = "".join(
        f".hitl-card.hitl-edge-{tone} {{border-left-color: var(--hitl-{tone});}}\n"
        for tone in COLORS
    )
    return f".hitl-approval {{{light}{_FILLS}}}\n{_DARK} {{{dark}{_DARK_FILLS}}}\n{tones}{edges}"


def _signs() -> str:
    """Give each status its sign and color; the word stands beside it, so no reader needs the sign.

    A browser that cannot leave a sign unread passes over the second rule, and reads it.
    """
    return "".join(
        f'.hitl-approval-{status} .hitl-title::before {{content: "{look.sign}"; '
        f'content: "{look.sign}" / ""; margin-right: 6px;}}\n'
        f".hitl-card.hitl-approval-{status} .hitl-title.widget-label "
        f"{{color: var(--hitl-{look.tone});}}\n"
        for status, look in STATUSES.items()
    )


STYLE = style(_colors() + _signs() + _RULES)
