"""Bodies made to do harm, as large as one may be: their JSON, their variables, and what their mutations answer."""

from collections.abc import Iterator
from uuid import UUID

import orjson

from core.operation import MOST_VALUES
from schema.variables import MANY_VALUES

LARGEST = 999_900
ID = "018f0000-0000-7000-8000-000000000000"
TYPENAME = "{ __typename }"
IDS = "query($a: [ID!]) { families(filter: {id: {in: $a}}) { totalCount } }"
CONDITIONS = "query($a: [FamilyFilter!]) { families(filter: {or: $a}) { totalCount } }"
CLAIM = "mutation($a: CreateClaimInput!) { createClaim(input: $a) { errors { code } } }"
LINES = f'"a":{{"healthFacilityId":"{ID}","insureeId":"{ID}","dateFrom":"2026-01-01","services":['

REPEATED = (
    ("lists", TYPENAME, '"a":[', "[]", "]"),
    ("lists of lists", TYPENAME, '"a":[', "[[]]", "]"),
    ("objects", TYPENAME, '"a":[', "{}", "]"),
    ("objects with a key", TYPENAME, '"a":[', '{"a":1}', "]"),
    ("objects and blanks", TYPENAME, '"a": [', ' {"a" : "b"}', "]"),
    ("numbers", TYPENAME, '"a":[', "1.5", "]"),
    ("texts", TYPENAME, '"a":[', '"a"', "]"),
    ("texts of a backslash", TYPENAME, '"a":[', r'"\\"', "]"),
    ("escaped surrogates", TYPENAME, '"a":[', r'"\ud83d\ude00"', "]"),
    ("keys", TYPENAME, '"a":{', '"k#":0', "}"),
    ("keys and blanks", TYPENAME, '"a": {', '"k#": 0', "}"),
    ("ids", IDS, '"a":[', f'"{ID}"', "]"),
    ("wrong ids", IDS, '"a":[', '"a"', "]"),
    ("ids that are lists", IDS, '"a":[', "[]", "]"),
    ("conditions", CONDITIONS, '"a":[', '{"id":{"isNull":true}}', "]"),
    ("empty conditions", CONDITIONS, '"a":[', "{}", "]"),
    ("wrong conditions", CONDITIONS, '"a":[', '{"a":1}', "]"),
    ("lines of a claim", CLAIM, LINES, f'{{"serviceId":"{ID}","quantityProvided":"1"}}', "]}"),
    ("wrong lines of a claim", CLAIM, LINES, "{}", "]}"),
    ("unknown fields of a claim", CLAIM, '"a":{', '"k#":0', "}"),
)
"""Parts that are repeated in a variable: the document, what comes before and after; `#` is the part's number."""


def bodies(family: UUID) -> Iterator[tuple[str, bytes]]:
    """What each body is made of, and the body; `family` is one that is there."""
    for name, query, start, part, end in REPEATED:
        yield name, _body(query, start, part, end, LARGEST)
        yield f"{name}, as far as allowed", _body(query, start, part, end, MOST_VALUES - 200)
        yield f"{name}, not many", _body(query, start, part, end, MANY_VALUES - 200)
    for name, start, part in (
        ("a long text", '"a":"', "é"),
        ("a long text of escapes", '"a":"', r"\n"),
        ("a long text of quotes", '"a":"', r"\""),
        ("a long text of what is nearly NUL", '"a":"', r"\\u0000"),
        ("a long text of commas", '"a":"', ","),
    ):
        yield (
            name,
            f'{{"query":"{TYPENAME}","variables":{{{start}{part * (900_000 // len(part.encode()))}"}}}}'.encode(),
        )
    yield "a long number", b'{"query":"{ __typename }","variables":{"a":' + b"1" * 990_000 + b"}}"
    yield "blanks", b'{"query":"{ __typename }"' + b" " * 990_000 + b"}"
    yield "brackets never closed", b"[" * LARGEST
    yield "quotes never closed", b'"' * LARGEST
    yield "backslashes", b'{"query":"' + b"\\" * (LARGEST - 10)
    for count in (1, 50):
        yield f"{count} payloads of many fields", _payloads(family, count)


def _body(query: str, start: str, part: str, end: str, values: int) -> bytes:
    """A body whose variable holds the part again and again: so many values, as long as there is room."""
    head, tail = f'{{"query":{orjson.dumps(query).decode()},"variables":{{{start}', f"{end}}}}}"
    left = LARGEST - len(head) - len(tail)
    parts: list[str] = []
    each = 1 + part.count("{") + part.count("[") + part.count(",")
    while left > len(part) + 8 and (len(parts) + 1) * each < values:
        parts.append(part.replace("#", str(len(parts))))
        left -= len(parts[-1]) + 1
    return (head + ",".join(parts) + tail).encode()


def _payloads(family: UUID, count: int) -> bytes:
    """Mutations whose payloads are asked for as many fields as a document may."""
    asked = "family { head { id lastName } members { nodes { id lastName birthDate family { id head { id } } } } }"
    selection = " ".join(f"a{number}: {asked}" for number in range(1_900 // count // 14))
    fields = " ".join(
        f'm{number}: updateFamily(input: {{id: "{family}", expectedVersion: 1, address: "x"}}) {{ {selection} }}'
        for number in range(count)
    )
    return orjson.dumps({"query": f"mutation {{ {fields} }}"})
