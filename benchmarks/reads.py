"""The three queries of tests/test_reads.py, from their text to the bytes of the answer, asked by an office of three
districts: Bima's compiled reads against a handler of a few lines whose statement was written and prepared by hand.

Both answer the same. The ratios are what the API's generality costs: in the server's process, and in
all, PostgreSQL included.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from benchmarks.filling import fill
from benchmarks.frame import Bench, Result, Row, Stopwatch
from core import Actor, Context
from core.host import Host
from schema.execute import execute
from tests.test_reads import CLAIMS, FAMILIES, MEMBER

FAMILIES_FILLED = 3000
CLAIMS_FILLED = 3000
DISTRICTS = 6
SCOPE = 3
"""Districts whose rows the office sees."""
TIMES = 200
ROLES = {"CLERK", "SCHEME_ADMINISTRATOR", "CLAIM_ADMINISTRATOR", "MEDICAL_OFFICER"}


@dataclass(frozen=True)
class Question:
    """A query, its variables, and the hand-written statement: it takes the districts first, then the variables."""

    name: str
    document: str
    variables: dict[str, str]
    sql: str


async def run(bench: Bench) -> Result:
    """Check that both answer the same, then measure them."""
    rows = []
    async with bench.host() as host:
        places = await fill(host, FAMILIES_FILLED, CLAIMS_FILLED, DISTRICTS)
        districts = [place.district.id for place in places[:SCOPE]]
        async with host.db.pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT insurance_number FROM insuree_insuree WHERE district_id = ANY(%s) AND is_head LIMIT 1",
                [districts],
            )
            [number] = await cursor.fetchone() or [""]
        for question in questions(number):
            ours, bare = _ours(host, question, districts), _bare(host, question, districts)
            if orjson.loads(await ours()) != orjson.loads(await bare()):
                raise SystemExit(f"The statement written by hand answers {question.name} otherwise.")
            mine, other = await _measured(ours), await _measured(bare)
            rows.append(Row(f"{question.name}: server's CPU", "ms", mine.cpu, other.cpu))
            rows.append(Row(f"{question.name}: in all", "ms", mine.wall, other.wall))
    return Result(
        title="Reads",
        ours="compiled",
        other="by hand",
        rows=rows,
        notes=[
            f"{FAMILIES_FILLED:,} families, {CLAIMS_FILLED:,} claims",
            f"an office of {SCOPE} of {DISTRICTS} districts",
        ],
    )


def _ours(host: Host, question: Question, districts: list[UUID]) -> Callable[[], Awaitable[bytes]]:
    rights = frozenset(right.name for right in host.rights if ROLES & set(right.roles))
    actor = Actor(id=UUID(int=1), name="office", rights=rights, scopes={"district": tuple(districts)})

    async def ask() -> bytes:
        ctx = Context(host, actor, "en", request_id="benchmark")
        return (await execute(host.schema, question.document, question.variables, None, ctx)).body

    return ask


def _bare(host: Host, question: Question, districts: list[UUID]) -> Callable[[], Awaitable[bytes]]:
    values: list[Any] = [districts, *question.variables.values()]

    async def ask() -> bytes:
        async with host.db.pool.connection() as connection:
            cursor = await connection.execute(question.sql, values, prepare=True)
            [body] = await cursor.fetchone() or [""]
            return b'{"data":%b}' % body.encode()

    return ask


async def _measured(ask: Callable[[], Awaitable[bytes]]) -> Stopwatch:
    """The median over five rounds of what one answer takes, in milliseconds."""
    rounds = []
    for _ in range(5):
        watch = Stopwatch()
        with watch.running():
            for _ in range(TIMES // 5):
                await ask()
        rounds.append(watch)
    per_answer = 5000 / TIMES
    middle = len(rounds) // 2
    return Stopwatch(
        sorted(watch.wall for watch in rounds)[middle] * per_answer,
        sorted(watch.cpu for watch in rounds)[middle] * per_answer,
    )


def questions(number: str) -> list[Question]:
    """The three queries with their statements; without the cursor, which only Bima knows how to write."""
    return [
        Question("a member", MEMBER, {"number": number}, MEMBER_SQL),
        Question("50 families", FAMILIES, {}, FAMILIES_SQL),
        Question("100 claims", CLAIMS.replace(" endCursor", ""), {}, CLAIMS_SQL),
    ]


MEMBER_SQL = """
WITH scope AS (SELECT %s::uuid[] AS districts)
SELECT json_build_object('insuree', (
  SELECT json_build_object('lastName', i.last_name, 'otherNames', i.other_names, 'birthDate', i.birth_date,
    'gender', (SELECT json_build_object('code', l.code, 'name', coalesce(l.names->>'en', l.code))
      FROM core_lookup l WHERE l.kind = 'gender' AND l.code = i.gender_code),
    'family', (SELECT json_build_object('address', f.address,
        'memberCount', (SELECT count(*) FROM insuree_insuree m WHERE m.family_id = f.id AND m.ended_at IS NULL),
        'location', (SELECT json_build_object('name', l.name) FROM location_location l WHERE l.id = f.location_id),
        'policies', json_build_object('nodes', coalesce((SELECT json_agg(json_build_object('status', p.status,
            'value', p.value::text, 'product', (SELECT json_build_object('code', d.code, 'name', d.name)
              FROM product_product d WHERE d.id = p.product_id)) ORDER BY p.effective_on DESC, p.id)
          FROM policy_policy p WHERE p.family_id = f.id AND p.ended_at IS NULL AND p.district_id = ANY(districts)),
          '[]')))
      FROM insuree_family f WHERE f.id = i.family_id AND f.ended_at IS NULL AND f.district_id = ANY(districts)))
  FROM insuree_insuree i WHERE i.insurance_number = %s AND i.ended_at IS NULL AND i.district_id = ANY(districts)
))::text FROM scope
"""
FAMILIES_SQL = """
WITH scope AS (SELECT %s::uuid[] AS districts)
SELECT json_build_object('families', json_build_object('nodes', (
  SELECT coalesce(json_agg(json_build_object('id', f.id,
    'head', (SELECT json_build_object('lastName', h.last_name, 'otherNames', h.other_names)
      FROM insuree_insuree h WHERE h.id = f.head_id),
    'location', (SELECT json_build_object('name', v.name, 'parent', json_build_object('name', w.name, 'parent',
        json_build_object('name', d.name, 'parent', json_build_object('name', r.name))))
      FROM location_location v JOIN location_location w ON w.id = v.parent_id
      JOIN location_location d ON d.id = w.parent_id JOIN location_location r ON r.id = d.parent_id
      WHERE v.id = f.location_id),
    'policies', json_build_object('nodes', coalesce((SELECT json_agg(json_build_object('status', p.status,
        'value', p.value::text, 'effectiveOn', p.effective_on, 'product', (SELECT json_build_object('name', d.name)
          FROM product_product d WHERE d.id = p.product_id)) ORDER BY p.effective_on DESC, p.id)
      FROM policy_policy p WHERE p.family_id = f.id AND p.ended_at IS NULL AND p.district_id = ANY(districts)), '[]'))
    ) ORDER BY f.created_at DESC, f.id DESC), '[]')
  FROM (SELECT * FROM insuree_family f WHERE f.ended_at IS NULL AND f.district_id = ANY(districts)
    ORDER BY f.created_at DESC, f.id DESC LIMIT 50) f
)))::text FROM scope
"""
CLAIMS_SQL = """
WITH scope AS (SELECT %s::uuid[] AS districts)
SELECT json_build_object('claims', (SELECT json_build_object(
    'totalCount', (SELECT count(*) FROM claim_claim c WHERE c.ended_at IS NULL AND c.district_id = ANY(districts)),
    'nodes', coalesce(json_agg(json_build_object('code', c.code, 'status', c.status, 'claimed', c.claimed::text,
      'insuree', (SELECT json_build_object('insuranceNumber', i.insurance_number, 'lastName', i.last_name)
        FROM insuree_insuree i WHERE i.id = c.insuree_id),
      'mainDiagnosis', (SELECT json_build_object('code', d.code, 'name', d.name)
        FROM medical_diagnosis d WHERE d.id = c.main_diagnosis_id),
      'items', coalesce((SELECT json_agg(json_build_object('lineNo', l.line_no,
          'item', (SELECT json_build_object('code', e.code, 'name', e.name) FROM medical_item e WHERE e.id = l.item_id),
          'quantityProvided', l.quantity_provided::text, 'priceAsked', l.price_asked::text) ORDER BY l.line_no)
        FROM claim_line l WHERE l.claim_id = c.id AND l.item_id IS NOT NULL), '[]'),
      'services', coalesce((SELECT json_agg(json_build_object('lineNo', l.line_no,
          'service', (SELECT json_build_object('code', e.code, 'name', e.name)
            FROM medical_service e WHERE e.id = l.service_id),
          'quantityProvided', l.quantity_provided::text, 'priceAsked', l.price_asked::text) ORDER BY l.line_no)
        FROM claim_line l WHERE l.claim_id = c.id AND l.service_id IS NOT NULL), '[]')
      ) ORDER BY c.date_from DESC, c.id DESC), '[]'),
    'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 100 FROM claim_claim c
      WHERE c.ended_at IS NULL AND c.district_id = ANY(districts))))
  FROM (SELECT * FROM claim_claim c WHERE c.ended_at IS NULL AND c.district_id = ANY(districts)
    ORDER BY c.date_from DESC, c.id DESC LIMIT 100) c
))::text FROM scope
"""
