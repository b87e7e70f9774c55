"""What the servers are asked: for each question its GraphQL document, and the statement that a programmer would write.

The first parameter of a statement is always the array of the districts that the account sees.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.data import Place
from tests.test_reads import CLAIMS, FAMILIES, MEMBER


@dataclass(frozen=True)
class Question:
    """A question, its variables (several sets, asked in turn), and how the other servers are asked the same."""

    name: str
    document: str
    variables: Sequence[Mapping[str, Any]] = ({},)
    sql: str | None = None
    """The hand-written statement; none where the answer is worked out by rules."""
    orm: bool = False
    """Whether the server with Strawberry and SQLAlchemy's ORM answers the document."""
    postgraphile: str | None = None
    """The document in PostGraphile's names; its variables are `districts` and the question's own."""
    district: bool = False
    """Asked by the account of one district instead of that of three."""
    plain: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    """The variables as the hand-written statement takes them, where it takes others."""
    left_out: str = ""
    """A field of the answer that PostGraphile cannot give."""
    one: str = ""
    """A field that is one object, for which PostGraphile gives a list of one."""

    def comparable(self, data: Any) -> Any:
        """The answer with lists where PostGraphile has connections, and without what it leaves out."""
        if isinstance(data, list):
            return [self.comparable(inner) for inner in data]
        if not isinstance(data, dict):
            return data
        if len(data) == 1 and next(iter(data)) in ("nodes", "totalCount"):
            return self.comparable(next(iter(data.values())))
        told = {key: self.comparable(value) for key, value in data.items() if key != self.left_out}
        return {key: value[0] if key == self.one and isinstance(value, list) else value for key, value in told.items()}


# The cursor, which only Bima knows how to write, is left out of what is compared.
LISTED_CLAIMS = CLAIMS.replace(" endCursor", "")
FOUND = "{ insuranceNumber lastName otherNames birthDate family { id location { name } } }"
SEARCH = f"query($words: String!) {{ insurees(first: 20, search: $words) {{ nodes {FOUND} }} }}"
PREFIX = f"query($start: String!) {{ insurees(first: 20, filter: {{ insuranceNumber: {{ startsWith: $start }} }}) {{ nodes {FOUND} }} }}"
MEMBERS = (
    "query($after: String) { insurees(first: 2, after: $after) { nodes { id insuranceNumber lastName otherNames } } }"
)
CURSOR = "query($id: ID!) { insurees(filter: { id: { eq: $id } }) { pageInfo { endCursor } } }"
WORKLIST = """query($facility: ID!, $from: Date!) {
  claims(first: 20, filter: { status: { eq: ENTERED }, healthFacility: { eq: $facility }, dateFrom: { gte: $from } }) {
    totalCount nodes { code status claimed dateFrom healthFacility { code name } insuree { insuranceNumber lastName } }
  } }"""
ELIGIBILITY = """query($number: String!) { eligibility(insuranceNumber: $number) {
  covered reason insuree { otherNames lastName birthDate } policy { product { name } expiresOn status } remaining { ceiling } } }"""
QUOTE = """query($product: ID!, $family: ID!) { policyQuote(productId: $product, familyId: $family) { value startsOn expiresOn } }"""


PAGE = 10_000
"""The far page of members, each of two."""


def questions(url: str, place: Place, ask: Callable[[Mapping[str, Any]], Any]) -> list[Question]:
    """The questions, with variables from the database. `ask` gives Bima's answer to the account of one district."""
    with psycopg.connect(url) as connection:
        district = place.district
        numbers = _column(
            connection,
            "SELECT insurance_number FROM insuree_insuree WHERE district_id = %s ORDER BY id LIMIT 200",
            district,
        )
        names = _column(
            connection, "SELECT DISTINCT last_name FROM insuree_insuree WHERE district_id = %s LIMIT 50", district
        )
        families = _column(connection, "SELECT id FROM insuree_family WHERE district_id = %s LIMIT 100", district)
        days = _column(
            connection,
            "SELECT DISTINCT date_from FROM claim_claim WHERE health_facility_id = %s AND status = 'ENTERED' LIMIT 40",
            place.facility,
        )
        far = connection.execute(
            "SELECT id, last_name, other_names FROM insuree_insuree WHERE district_id = %s AND ended_at IS NULL "
            "ORDER BY last_name, other_names, id OFFSET least(%s, (SELECT count(*) FROM insuree_insuree WHERE district_id = %s) - 10) LIMIT 1",
            [district, 2 * PAGE, district],
        ).fetchone()
    assert far is not None
    cursor = ask({"query": CURSOR, "variables": {"id": str(far[0])}})["insurees"]["pageInfo"]["endCursor"]
    facility = str(place.facility)
    return [
        Question("a member", MEMBER, [{"number": number} for number in numbers], MEMBER_SQL, True, MEMBER_POSTGRAPHILE, left_out="gender", one="insuree"),
        Question("50 families", FAMILIES, sql=FAMILIES_SQL, orm=True, postgraphile=FAMILIES_POSTGRAPHILE),
        Question("100 claims", LISTED_CLAIMS, sql=CLAIMS_SQL, orm=True, postgraphile=CLAIMS_POSTGRAPHILE),
        Question("search by a part of a name", SEARCH, [{"words": name[1:6]} for name in names], SEARCH_SQL),
        Question("search by a number's start", PREFIX, [{"start": number[:6]} for number in numbers], PREFIX_SQL),
        Question("members, page 1", MEMBERS, [{"after": None}], MEMBERS_SQL, district=True,
                 plain=lambda _: {"last": "", "other": "", "id": "00000000-0000-0000-0000-000000000000"}),
        Question("members, page 10,000", MEMBERS, [{"after": cursor}], MEMBERS_SQL, district=True,
                 plain=lambda _: {"last": far[1], "other": far[2], "id": str(far[0])}),
        Question("worklist of claims", WORKLIST, [{"facility": facility, "from": str(day)} for day in days], WORKLIST_SQL),
        Question("eligibility", ELIGIBILITY, [{"number": number} for number in numbers]),
        Question("quote", QUOTE, [{"product": str(place.product), "family": str(family)} for family in families]),
    ]  # fmt: skip


def _column(connection: psycopg.Connection[Any], query: Any, *values: Any) -> list[Any]:
    return [value for (value,) in connection.execute(query, values)]


MEMBER_POSTGRAPHILE = """query($districts: [UUID!]!, $number: String!) {
  insuree: allInsureeInsurees(first: 1, filter: { insuranceNumber: { equalTo: $number }, endedAt: { isNull: true }, districtId: { in: $districts } }) { nodes {
    lastName otherNames birthDate
    family: insureeFamilyByFamilyId { address
      memberCount: insureeInsureesByFamilyId(filter: { endedAt: { isNull: true } }) { totalCount }
      location: locationLocationByLocationId { name }
      policies: policyPoliciesByFamilyId(first: 20, orderBy: [STARTS_ON_DESC, ROW_ID_DESC], filter: { endedAt: { isNull: true }, districtId: { in: $districts } }) {
        nodes { status value product: productProductByProductId { code name } } } } } } }"""
FAMILIES_POSTGRAPHILE = """query($districts: [UUID!]!) {
  families: allInsureeFamilies(first: 50, orderBy: [CREATED_AT_DESC, ROW_ID_DESC], filter: { endedAt: { isNull: true }, districtId: { in: $districts } }) { nodes {
    id: rowId head: insureeInsureeByHeadId { lastName otherNames }
    location: locationLocationByLocationId { name parent: locationLocationByParentId { name parent: locationLocationByParentId { name
      parent: locationLocationByParentId { name } } } }
    policies: policyPoliciesByFamilyId(first: 20, orderBy: [STARTS_ON_DESC, ROW_ID_DESC], filter: { endedAt: { isNull: true }, districtId: { in: $districts } }) {
      nodes { status value effectiveOn product: productProductByProductId { name } } } } } }"""
CLAIMS_POSTGRAPHILE = """query($districts: [UUID!]!) {
  claims: allClaimClaims(first: 100, orderBy: [DATE_FROM_DESC, ROW_ID_DESC], filter: { endedAt: { isNull: true }, districtId: { in: $districts } }) {
    totalCount nodes { code status claimed insuree: insureeInsureeByInsureeId { insuranceNumber lastName }
      mainDiagnosis: medicalDiagnosisByMainDiagnosisId { code name }
      items: claimLinesByClaimId(orderBy: LINE_NO_ASC, filter: { itemId: { isNull: false } }) {
        nodes { lineNo item: medicalItemByItemId { code name } quantityProvided priceAsked } }
      services: claimLinesByClaimId(orderBy: LINE_NO_ASC, filter: { serviceId: { isNull: false } }) {
        nodes { lineNo service: medicalServiceByServiceId { code name } quantityProvided priceAsked } } }
    pageInfo { hasNextPage } } }"""

MEMBER_SQL = """
WITH scope AS (SELECT $1::uuid[] AS districts)
SELECT json_build_object('insuree', (
  SELECT json_build_object('lastName', i.last_name, 'otherNames', i.other_names, 'birthDate', i.birth_date,
    'gender', (SELECT json_build_object('code', l.code, 'name', coalesce(l.names->>'en', l.code))
      FROM core_lookup l WHERE l.kind = 'gender' AND l.code = i.gender_code),
    'family', (SELECT json_build_object('address', f.address,
        'memberCount', (SELECT count(*) FROM insuree_insuree m WHERE m.family_id = f.id AND m.ended_at IS NULL),
        'location', (SELECT json_build_object('name', l.name) FROM location_location l WHERE l.id = f.location_id),
        'policies', json_build_object('nodes', coalesce((SELECT json_agg(json_build_object('status', p.status,
            'value', p.value::text, 'product', (SELECT json_build_object('code', d.code, 'name', d.name)
              FROM product_product d WHERE d.id = p.product_id)) ORDER BY p.starts_on DESC, p.id DESC)
          FROM policy_policy p WHERE p.family_id = f.id AND p.ended_at IS NULL AND p.district_id = ANY(districts)),
          '[]')))
      FROM insuree_family f WHERE f.id = i.family_id AND f.ended_at IS NULL AND f.district_id = ANY(districts)))
  FROM insuree_insuree i WHERE i.insurance_number = $2 AND i.ended_at IS NULL AND i.district_id = ANY(districts)
))::text FROM scope
"""
FAMILIES_SQL = """
WITH scope AS (SELECT $1::uuid[] AS districts)
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
          FROM product_product d WHERE d.id = p.product_id)) ORDER BY p.starts_on DESC, p.id DESC)
      FROM policy_policy p WHERE p.family_id = f.id AND p.ended_at IS NULL AND p.district_id = ANY(districts)), '[]'))
    ) ORDER BY f.created_at DESC, f.id DESC), '[]')
  FROM (SELECT * FROM insuree_family f WHERE f.ended_at IS NULL AND f.district_id = ANY(districts)
    ORDER BY f.created_at DESC, f.id DESC LIMIT 50) f
)))::text FROM scope
"""
CLAIMS_SQL = """
WITH scope AS (SELECT $1::uuid[] AS districts)
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
FOUND_SQL = """
WITH scope AS (SELECT $1::uuid[] AS districts)
SELECT json_build_object('insurees', json_build_object('nodes', (
  SELECT coalesce(json_agg(json_build_object('insuranceNumber', i.insurance_number, 'lastName', i.last_name,
    'otherNames', i.other_names, 'birthDate', i.birth_date, 'family', (SELECT json_build_object('id', f.id,
        'location', (SELECT json_build_object('name', l.name) FROM location_location l WHERE l.id = f.location_id))
      FROM insuree_family f WHERE f.id = i.family_id AND f.district_id = ANY(districts))
    ) ORDER BY i.last_name, i.other_names, i.id), '[]')
  FROM (SELECT * FROM insuree_insuree i WHERE i.ended_at IS NULL AND i.district_id = ANY(districts) AND %s
    ORDER BY i.last_name, i.other_names, i.id LIMIT 20) i
)))::text FROM scope
"""
# Found by the trigrams first: run along the order of names a rare name would be looked for among all.
SEARCH_SQL = FOUND_SQL % (
    "i.id = ANY(ARRAY(SELECT s.id FROM insuree_insuree s WHERE s.insurance_number ILIKE '%' || $2 || '%' "
    "OR s.last_name ILIKE '%' || $2 || '%' OR s.other_names ILIKE '%' || $2 || '%'))"
)
PREFIX_SQL = FOUND_SQL % "i.insurance_number ILIKE $2 || '%'"
MEMBERS_SQL = """
SELECT json_build_object('insurees', json_build_object('nodes', (
  SELECT coalesce(json_agg(json_build_object('id', i.id, 'insuranceNumber', i.insurance_number, 'lastName', i.last_name,
    'otherNames', i.other_names) ORDER BY i.last_name, i.other_names, i.id), '[]')
  FROM (SELECT * FROM insuree_insuree i WHERE i.ended_at IS NULL AND i.district_id = ANY($1::uuid[])
    AND (i.last_name, i.other_names, i.id) > ($2, $3, $4::uuid)
    ORDER BY i.last_name, i.other_names, i.id LIMIT 2) i
)))::text
"""
WORKLIST_SQL = """
WITH scope AS (SELECT $1::uuid[] AS districts, $2::uuid AS facility, $3::date AS begun)
SELECT json_build_object('claims', (SELECT json_build_object(
    'totalCount', (SELECT count(*) FROM claim_claim c WHERE c.ended_at IS NULL AND c.district_id = ANY(districts)
      AND c.status = 'ENTERED' AND c.health_facility_id = facility AND c.date_from >= begun),
    'nodes', coalesce(json_agg(json_build_object('code', c.code, 'status', c.status, 'claimed', c.claimed::text,
      'dateFrom', c.date_from, 'healthFacility', (SELECT json_build_object('code', h.code, 'name', h.name)
        FROM location_health_facility h WHERE h.id = c.health_facility_id),
      'insuree', (SELECT json_build_object('insuranceNumber', i.insurance_number, 'lastName', i.last_name)
        FROM insuree_insuree i WHERE i.id = c.insuree_id)) ORDER BY c.date_from DESC, c.id DESC), '[]'))
  FROM (SELECT * FROM claim_claim c WHERE c.ended_at IS NULL AND c.district_id = ANY(districts)
    AND c.status = 'ENTERED' AND c.health_facility_id = facility AND c.date_from >= begun
    ORDER BY c.date_from DESC, c.id DESC LIMIT 20) c
))::text FROM scope
"""
