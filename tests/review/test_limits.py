"""The limits of a field in plain words."""

from datetime import date
from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from course_utils.review.forms.fields import fields_of
from course_utils.review.forms.limits import limits_of


class Order(BaseModel):
    """A pydantic model with a limit of each kind that people use."""

    amount: Annotated[float, Field(gt=0, le=100)]
    count: Annotated[int, Field(ge=1, le=9, multiple_of=3)] = 3
    code: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    name: Annotated[str | None, Field(min_length=2, max_length=40)] = None
    day: date
    tags: Annotated[list[Annotated[str, Field(max_length=5)]], Field(min_length=1, max_length=3)]
    anything: str = ""


def test_what_pydantic_checks_is_told_beforehand():
    told = {field.name: field.limits for field in fields_of(Order.model_json_schema())}
    assert told == {
        "amount": "More than 0. At most 100.",
        "count": "From 1 to 9. A multiple of 3.",
        "code": "Exactly 3 capital letters.",
        "name": "2 to 40 characters.",
        "day": "A date, as 2030-12-31.",
        "tags": "1 to 3 items. Each item: at most 5 characters.",
        "anything": "",
    }


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"minimum": 0}, "At least 0."),
        ({"maximum": 2.5}, "At most 2.5."),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 10}, "More than 0. Less than 10."),
        ({"minimum": 5, "exclusiveMinimum": 5}, "More than 5."),
        ({"minimum": 6, "exclusiveMinimum": 5}, "At least 6."),
        ({"minimum": 1, "exclusiveMinimum": True}, "More than 1."),
        ({"type": "number", "multipleOf": 1}, "A whole number."),
        ({"minLength": 1}, "At least 1 character."),
        ({"minLength": 0, "maxLength": 80}, "At most 80 characters."),
        ({"minLength": 5, "maxLength": 5}, "Exactly 5 characters."),
        ({"pattern": "^[0-9]{5}$"}, "Exactly 5 digits."),
        ({"pattern": r"^\d{2,4}$"}, "2 to 4 digits."),
        ({"pattern": "^[a-z]+$"}, "Only small letters."),
        ({"pattern": "^[A-Z][0-9]$"}, "It has to match the pattern ^[A-Z][0-9]$"),
        ({"format": "email"}, "An email address."),
        ({"format": "of nobody"}, ""),
        ({"minItems": 2}, "At least 2 items."),
        ({"uniqueItems": True}, "No item twice."),
        ({"minProperties": 1, "maxProperties": 2}, "1 to 2 entries."),
        ({"items": {"format": "email"}}, "Each item: an email address."),
        ({"type": "integer", "minLength": 3}, ""),
        ({"enum": [1, 2], "minimum": 1}, ""),
        ({"minimum": "x", "maxLength": None, "pattern": 3, "items": [1]}, ""),
        ({"items": {"$ref": "#"}}, ""),
    ],
)
def test_each_limit_is_told_in_words(part, words):
    assert limits_of(part, part) == words
