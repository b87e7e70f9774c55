"""Many rows at once: one row that the makers of the tests made, copied by the database as often as wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import Row
from core.host import Host
from modules.claim.models import ClaimLine
from modules.claim.testing import Clinic, make_claim, make_clinic
from modules.insuree.models import Insuree
from modules.insuree.testing import make_family
from modules.location.models import Location
from modules.location.testing import make_district, make_region, make_village, make_ward
from modules.medical.models import Item, Service
from modules.policy.models import Cover, PricedMember
from modules.policy.testing import make_policy
from modules.product.testing import make_product

MEMBERS = 4
START = date(2026, 1, 1)
FIRST = (
    "Mu",
    "Ki",
    "Ma",
    "Ng",
    "Sha",
    "Mwa",
    "Lu",
    "Ka",
    "Nya",
    "Mbe",
    "Tem",
    "Mos",
    "Swa",
    "Cha",
    "Ru",
    "Ndo",
    "Mra",
    "Kom",
)
LAST = (
    "shi",
    "maro",
    "ssawe",
    "owi",
    "yo",
    "kyusa",
    "wanga",
    "longo",
    "mba",
    "la",
    "ha",
    "ga",
    "nde",
    "zi",
    "kira",
    "mu",
    "no",
)
SURNAMES = tuple(first + last for first in FIRST for last in LAST)
NAMES = (
    "Asha",
    "Baraka",
    "Chiku",
    "Daudi",
    "Eliya",
    "Fatuma",
    "Grace",
    "Hamisi",
    "Imani",
    "Juma",
    "Khadija",
    "Lulu",
    "Neema",
)
CLAIM = 500
"""The number of claims' ids among the kinds of ids; the other tables' are below."""


@dataclass(frozen=True)
class Place:
    """A district with a clinic, families and their claims."""

    district: Location
    clinic: Clinic


async def fill(host: Host, families: int, claims: int, districts: int = 1, start: date = START) -> list[Place]:
    """Insured families of four, and entered claims of four lines for their members, spread over as many districts.

    `start`: the first day of their policies. Names and numbers are as varied as a register's. Triggers and foreign keys
    rest meanwhile; what is written is right.
    """
    async with AsyncSession(host.db.engine, expire_on_commit=False) as session:
        await session.execute(text("SET session_replication_role = replica"))
        region = await make_region(session)
        places: list[Place] = []
        covers: list[Item | Service] = []
        for _ in range(districts):
            district = await make_district(session, region)
            places.append(Place(district, await make_clinic(session, district, items=2, services=2)))
            covers += [*places[-1].clinic.items, *places[-1].clinic.services]
        product = await make_product(session, covers=covers)
        for number, place in enumerate(places):
            await _fill_district(session, place, product, number, families // districts, claims // districts, start)
        await session.execute(text("SET session_replication_role = origin"))
        await session.commit()
    async with host.db.pool.connection() as connection:
        await connection.execute("VACUUM ANALYZE")
    return places


async def _fill_district(
    session: AsyncSession, place: Place, product: Any, number: int, families: int, claims: int, start: date
) -> None:
    village = await make_village(session, await make_ward(session, place.district))
    family = await make_family(session, village, members=MEMBERS)
    people = await _all(session, Insuree, Insuree.family_id == family.id)
    policy = await make_policy(session, family, product, starts_on=start)
    kind = 1000 * number
    await copy(session, family, families, kind + 1, head_id=numbered(kind + 10), created_at=_later("n"))
    await copy(session, policy, families, kind + 2, family_id=numbered(kind + 1))
    for at, person in enumerate(people):
        own = {
            "insurance_number": _card(f"({11_000_000 + (10 * number + at) * 1_000_000} + n)"),
            "family_id": numbered(kind + 1),
            "last_name": _one_of(SURNAMES, f"n * 7919 + {number}"),
            "other_names": _one_of(NAMES, f"n * 104729 / 13 + {at}"),
        }
        await copy(session, person, families, kind + 10 + at, **own)
        for model, first in ((PricedMember, 20), (Cover, 30)):
            [row] = await _all(session, model, model.insuree_id == person.id)
            of = {"insuree_id": numbered(kind + 10 + at), "policy_id": numbered(kind + 2)}
            await copy(session, row, families, kind + first + at, **of)
    patients = families * MEMBERS
    who = f"(n - 1) % {patients}"
    claim = await make_claim(session, place.clinic, people[0], on=start)
    patient = numbered(f"{kind + 10} + ({who}) % {MEMBERS}", f"({who}) / {MEMBERS} + 1")
    # Over two months and on, so that a list by date finds claims of all districts, as in a register.
    day = f"date '{start}' + 1 + (n % 60 + (n - 1) / {patients} * 60 % 240)::int"
    own = {"insuree_id": patient, "code": "'B' || n", "date_from": day, "claimed_on": day, "created_at": _later("n")}
    await copy(session, claim, claims, kind + CLAIM, **own)
    for line in await _all(session, ClaimLine, ClaimLine.claim_id == claim.id):
        await copy(session, line, claims, kind + CLAIM + line.line_no, claim_id=numbered(kind + CLAIM))


async def copy(session: AsyncSession, row: Row, times: int, kind: int, **columns: str) -> None:
    """Copy a row. `columns` is the SQL of what differs in copy `n`, from 1 on; its id is that of the kind."""
    table = type(row).__tablename__
    differing = ", ".join(f"'{name}', {sql}" for name, sql in {"id": numbered(kind), **columns}.items())
    await session.execute(
        text(
            f"INSERT INTO {table} SELECT new.* FROM {table} AS seed CROSS JOIN generate_series(1, {times}) AS n "
            f"CROSS JOIN LATERAL jsonb_populate_record(seed, jsonb_build_object({differing})) AS new "
            f"WHERE seed.id = '{row.id}'"
        )
    )


def numbered(kind: int | str, n: str = "n") -> str:
    """The SQL of the id of copy `n` of a kind: in order, as UUIDv7 are."""
    return f"('01990000-0000-7000-' || to_hex(32768 + {kind}) || '-' || lpad(to_hex({n}), 12, '0'))::uuid"


def _card(digits: str) -> str:
    """The SQL of a CHF number: eight digits, and what is left of them divided by seven."""
    return f"({digits} || '' || ({digits} % 7))"


def _one_of(names: Sequence[str], number: str) -> str:
    listed = ",".join(f"'{name}'" for name in names)
    return f"(ARRAY[{listed}])[1 + abs({number}) % {len(names)}]"


def _later(n: str) -> str:
    return f"timestamptz '2026-01-01' + {n} * interval '1 second'"


async def _all(session: AsyncSession, model: Any, which: Any) -> Sequence[Any]:
    await session.flush()
    return (await session.scalars(select(model).where(which).order_by(model.id))).all()
