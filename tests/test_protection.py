"""Sensitive fields: who reads telephone numbers, e-mail addresses, numbers of documents and diagnoses, and who does not.

Each test reads with a standard role that has the right and with one that lacks it.
"""

from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.testing import Api, actor
from modules.claim.models import Claim, ClaimDiagnosis
from modules.claim.testing import make_claim, make_clinic
from modules.insuree.models import Insuree
from modules.insuree.testing import make_family, make_officer
from modules.location.testing import make_village

PHONE, EMAIL, NUMBER = "0712345678", "asha@example.org", "19850505-14114-00001-21"
PERSON = "query($id: ID!) { insuree(id: $id) { phone email idNumber } }"
DEEP = """query($id: ID!) { family(id: $id) { head { phone email idNumber } members { edges { node {
  phone email idNumber family { head { phone } } } } } } }"""
UPDATE = """mutation($i: UpdateInsureeInput!) { updateInsuree(input: $i) {
  insuree { phone email idNumber version } errors { code path } } }"""
HISTORY = "query($id: ID!) { insuree(id: $id) { history { nodes { changes } } } }"
CLAIM = "query($id: ID!) { claim(id: $id) { code mainDiagnosis { code } diagnoses { code } } }"
CLAIMS = "query($id: ID!) { claims(filter: { mainDiagnosis: { eq: $id } }) { totalCount } }"


@pytest.fixture
async def asha(session: AsyncSession) -> Insuree:
    """The head of a family, with everything that is protected."""
    village = await make_village(session)
    family = await make_family(session, village, members=1)
    asha = await session.get_one(Insuree, family.head_id)
    asha.phone, asha.email, asha.id_number = PHONE, EMAIL, NUMBER
    await make_officer(session, village, phone=PHONE)
    await session.commit()
    return asha


@pytest.fixture
async def claim(session: AsyncSession, asha: Insuree) -> Claim:
    """A claim of Asha's."""
    claim = await make_claim(session, await make_clinic(session), asha, on=date(2026, 1, 5))
    await session.commit()
    return claim


async def test_who_enrols_reads_what_others_see_masked(api: Api, asha: Insuree) -> None:
    reply = await api(PERSON, {"id": asha.id}, actor=actor("CLERK"))
    assert reply.data["insuree"] == {"phone": PHONE, "email": EMAIL, "idNumber": NUMBER}
    reply = await api(PERSON, {"id": asha.id}, actor=actor("RECEPTIONIST"))
    assert reply.data["insuree"] == {"phone": "•••678", "email": None, "idNumber": "•••-21"}


async def test_they_are_masked_at_every_depth(api: Api, asha: Insuree) -> None:
    reply = await api(DEEP, {"id": asha.family_id}, actor=actor("CLAIM_ADMINISTRATOR"))
    assert reply.errors == []
    body = reply.body.decode()
    assert body.count("•••678") == 3
    assert not any(secret in body for secret in (PHONE, EMAIL, NUMBER))


async def test_an_officers_number_is_masked_too(api: Api, asha: Insuree) -> None:
    query = "{ enrolmentOfficers { nodes { phone } } }"
    [officer] = (await api(query, actor=actor("RECEPTIONIST"))).data["enrolmentOfficers"]["nodes"]
    assert officer["phone"] == "•••678"
    [officer] = (await api(query, actor=actor("CLERK"))).data["enrolmentOfficers"]["nodes"]
    assert officer["phone"] == PHONE


@pytest.mark.parametrize(
    "filter_",
    [
        f'phone: {{ eq: "{PHONE}" }}', f'phone: {{ in: ["{PHONE}"] }}', "phone: { isNull: false }",
        'phone: { gt: "0" }', 'phone: { gte: "0", lte: "1" }', 'email: { contains: "a" }',
        'not: { idNumber: { startsWith: "2" } }', 'or: [{ lastName: { eq: "X" } }, { not: { email: { lt: "a" } } }]',
    ],
)  # fmt: skip
async def test_who_sees_a_mask_cannot_filter_by_what_is_behind_it(api: Api, asha: Insuree, filter_: str) -> None:
    query = f"{{ insurees(filter: {{ {filter_} }}) {{ totalCount }} }}"
    reply = await api(query, actor=actor("RECEPTIONIST"))
    assert [error["extensions"]["code"] for error in reply.errors] == ["FORBIDDEN"]
    assert (await api(query, actor=actor("CLERK"))).data["insurees"]["totalCount"] == 1


async def test_nor_order_by_it_nor_look_for_it_at_any_depth(api: Api, asha: Insuree) -> None:
    """A binary search would tell the number in some thirty questions."""
    receptionist = actor("RECEPTIONIST")
    deep = '{ families { nodes { members(filter: { phone: { gt: "0" } }) { totalCount } } } }'
    [error] = (await api(deep, actor=receptionist)).errors
    assert error["extensions"]["code"] == "FORBIDDEN"
    for who in (receptionist, actor("CLERK")):
        for name in ("PHONE", "EMAIL", "ID_NUMBER"):
            reply = await api(f"{{ insurees(orderBy: [{{ field: {name} }}]) {{ totalCount }} }}", actor=who)
            assert [error["extensions"]["code"] for error in reply.errors] == ["BAD_REQUEST"]
    found = await api(f'{{ insurees(search: "{PHONE}") {{ totalCount }} }}', actor=receptionist)
    assert found.data == {"insurees": {"totalCount": 0}}


async def test_the_audit_log_leaves_out_what_one_may_not_read_of_tables_without_a_type_too(
    api: Api, session: AsyncSession, claim: Claim
) -> None:
    session.add(ClaimDiagnosis(claim_id=claim.id, diagnosis_id=claim.main_diagnosis_id, position=1))
    await session.commit()
    log = "{ auditLog(first: 100) { nodes { tableName changes } } }"
    for rights, seen in (((), False), (("claim.diagnosis.read",), True)):
        reply = await api(log, actor=actor("SYSTEM_ADMINISTRATOR", rights=rights))
        assert (
            str(claim.main_diagnosis_id)
            in str([n for n in reply.data["auditLog"]["nodes"] if n["tableName"].startswith("claim_")])
        ) is seen


async def test_the_history_leaves_out_what_one_may_not_read(api: Api, asha: Insuree) -> None:
    reader = actor("CLAIM_ADMINISTRATOR", rights=("core.history.read",))
    reply = await api(HISTORY, {"id": asha.id}, actor=reader)
    assert reply.errors == []
    changed, made = reply.data["insuree"]["history"]["nodes"]
    assert made["changes"]["last_name"] == {"after": "Mushi"}
    assert not {"phone", "email", "id_number"} & (set(made["changes"]) | set(changed["changes"]))
    reply = await api(HISTORY, {"id": asha.id}, actor=actor("CLERK", rights=("core.history.read",)))
    changed, _ = reply.data["insuree"]["history"]["nodes"]
    assert changed["changes"]["phone"] == {"before": None, "after": PHONE}


async def test_what_a_mutation_answers_is_masked_and_a_mask_is_never_stored(api: Api, asha: Insuree) -> None:
    changer = actor("RECEPTIONIST", rights=("insuree.insuree.update",))
    change = {"id": asha.id, "expectedVersion": asha.version, "lastName": "Mollel"}
    reply = await api(UPDATE, {"i": change}, actor=changer)
    answered = reply.data["updateInsuree"]
    assert answered["errors"] == []
    assert answered["insuree"]["phone"] == "•••678"
    sent_back = {**change, "expectedVersion": answered["insuree"]["version"], "phone": "•••678"}
    reply = await api(UPDATE, {"i": sent_back}, actor=changer)
    assert reply.data["updateInsuree"]["errors"] == [{"code": "MASKED", "path": ["phone"]}]


async def test_a_diagnosis_is_seen_by_those_who_treat_and_judge(api: Api, claim: Claim) -> None:
    reply = await api(CLAIM, {"id": claim.id}, actor=actor("MEDICAL_OFFICER"))
    assert reply.data["claim"]["mainDiagnosis"]["code"]
    assert reply.data["claim"]["diagnoses"] == []
    reply = await api(CLAIM, {"id": claim.id}, actor=actor("ACCOUNTANT"))
    assert reply.errors == []
    assert reply.data["claim"] == {"code": claim.code, "mainDiagnosis": None, "diagnoses": None}


async def test_nobody_counts_the_claims_of_an_illness_without_the_right(api: Api, claim: Claim) -> None:
    reply = await api(CLAIMS, {"id": claim.main_diagnosis_id}, actor=actor("ACCOUNTANT"))
    assert [error["extensions"]["code"] for error in reply.errors] == ["FORBIDDEN"]
    reply = await api(CLAIMS, {"id": claim.main_diagnosis_id}, actor=actor("MEDICAL_OFFICER"))
    assert reply.data["claims"]["totalCount"] == 1
