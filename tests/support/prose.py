"""What a text for people is made of: its sentences, its brackets, its headings, its words."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from tests.support.lesson import Lesson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What a dictionary does not explain to readers of English as a second language.
NOT_THE_FIELDS_WORDS = {
    "a yes or a no, as nouns": (
        r"\b(?:an?|the|his|her|your|every|plain) (?:yes|no)\b(?!-|\. ?\d)"
        r"|\b(?:this|that|one|each|first|second) (?:yes|no)(?=[.,;:?]|$)"
    ),
    "side by side": r"\bside by side\b",
    "mend": r"\bmend(?:s|ed|ing)?\b",
    "by habit": r"\bby habit\b",
    "the world outside": r"\bthe world outside\b|\boutside world\b",
    "whoever": r"\bwhoever\b",
    "met its question": r"\bmet (?:its|a|the) question\b",
}

# A bracket holds a name, a number or an aside without a sentence of its own.
VERBS_IN_BRACKETS = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|does|do|did|can|could|will|would|may|might|must|shall|should|"
    r"takes?|gives?|gets?|makes?|runs?|sees?|says?|shows?|asks?|holds?|keeps?|stands?|comes?|goes|needs?|means?|"
    r"begins?|ends?|waits?|returns?|raises?|sends?|reads?|writes?|calls|uses|looks?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Text:
    """A piece of prose.

    Attributes:
        place: the file and the cell, or the question's field.
        markdown: the text as it is written.
    """

    place: str
    markdown: str

    def blocks(self) -> Iterator[str]:
        """Give each paragraph, list item, heading and table cell, without code and comments."""
        bare = re.sub(r"^ *(```|~~~).*?^ *\1 *$", "", self.markdown, flags=re.DOTALL | re.MULTILINE)
        bare = re.sub(r"<!--.*?-->", "", bare, flags=re.DOTALL)
        bare = re.sub(r"^[ >]*(?:[-*+]|\d+\.|#+) ", "\n\n", bare, flags=re.MULTILINE)
        bare = re.sub(r"^> ?", "", bare, flags=re.MULTILINE)
        for paragraph in re.split(r"\n\s*\n", bare):
            lines = paragraph.strip().splitlines()
            if lines and all(line.lstrip().startswith("|") for line in lines):
                yield from (cell.strip() for line in lines for cell in line.split("|"))
            else:
                yield " ".join(line.strip() for line in lines)

    def sentences(self) -> Iterator[str]:
        """Give each sentence; a name in backquotes is one word, a link's address none."""
        for block in self.blocks():
            plain = plainly(block)
            yield from filter(
                None, re.split(r"(?<=[.?:])[\"”*_]*\s+(?=[A-Z`\"“*_({]|code\b)", plain)
            )

    def brackets(self) -> Iterator[str]:
        """Give what stands in round brackets, outside of code and links."""
        for block in self.blocks():
            yield from re.findall(r"\(([^()]*)\)", plainly(block))

    def headings(self) -> Iterator[str]:
        """Give the headings below the title."""
        bare = re.sub(r"^```.*?^```$", "", self.markdown, flags=re.DOTALL | re.MULTILINE)
        yield from re.findall(r"^##+ (.+)$", bare, re.MULTILINE)


def plainly(block: str) -> str:
    """Return a block with each code span as the word code, and without images and addresses."""
    plain = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", block)
    plain = re.sub(r"``.+?``|`[^`]+`", "code", plain)
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", plain)


def words(sentence: str) -> int:
    """Count the words of a sentence."""
    return len(re.findall(r"[\w'\u2019%-]+", sentence))


def of_lesson(path: Path) -> list[Text]:
    """Return the prose cells of a lesson, and the explanations of its solutions."""
    cells = Lesson(path).cells
    prose = [Text(f"{path.stem}#{c.id}", c.source) for c in cells if c.cell_type == "markdown"]
    return [*prose, *of_solutions(path)]


def of_solutions(path: Path) -> list[Text]:
    """Return the explanations of a lesson's solutions; of one without any, an empty text."""
    lesson = Lesson(path)
    solutions = [cell for cell in lesson.cells if cell.id in lesson.exercises]
    return [Text(f"{path.stem}#{c.id}", c.metadata.get("explanation", "")) for c in solutions]


def of_bank(path: Path) -> list[Text]:
    """Return every text of a question bank that a learner may read."""
    found = list[Text]()
    for question in yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]:
        place = f"{path.stem}/{question['id']}"
        for name in ("prompt", "explanation"):
            found.append(Text(f"{place} {name}", question.get(name, "")))
        for option in question.get("options", []):
            found += [
                Text(f"{place} {option['id']}", option.get(n, "")) for n in ("text", "reason")
            ]
        for part in [*question.get("hints", []), *question.get("near_misses", [])]:
            found.append(Text(f"{place} hint", part.get("reason", part["text"])))
    return found


def of_module(path: Path) -> list[Text]:
    """Return what a module says to people: its strings that end as sentences do."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and isinstance(node.body[0] if node.body else None, ast.Expr)
    }
    found = []
    for node in ast.walk(tree):
        said = _said(node)
        if id(node) not in docstrings and re.search(r"\w \w.*\.$", said):
            found.append(Text(f"{path.stem}, line {node.lineno}", said))
    return found


def _said(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_said(part) or "`value`" for part in node.values)
    return ""


def of_page(path: Path) -> list[Text]:
    """Return a page of Markdown."""
    return [Text(path.name, path.read_text(encoding="utf-8"))]
