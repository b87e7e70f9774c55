"""A fair small server as many would write it: Strawberry types, SQLAlchemy's ORM, a dataloader for each relation.

It uses the tables as they are, one session for each request, loads only the columns it needs, and never asks per row.
The districts that may be seen are fixed, where a real one would look an account up.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

from core import LookupRow
from modules.claim import models as claim
from modules.insuree import models as insuree
from modules.location import models as location
from modules.medical import models as medical
from modules.policy import models as policy
from modules.product import models as product

DISTRICTS = [UUID(text) for text in os.environ.get("ORM_DISTRICTS", "").split(",") if text]
engine = create_async_engine(
    os.environ.get("ORM_DATABASE", "postgresql://").replace("postgresql://", "postgresql+psycopg://", 1),
    connect_args={"prepare_threshold": 0, "options": "-c timezone=UTC"},
    pool_size=10,
    pool_timeout=300,  # none is refused who waits behind the others
)


@dataclass
class Asked:
    """A request: its session, which serves one statement at a time, and its dataloaders."""

    session: AsyncSession
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)

    async def rows(self, statement: Any) -> Sequence[Any]:
        """The rows of a statement."""
        async with self.lock:
            return (await self.session.scalars(statement)).all()

    def one(self, model: Any, id_: UUID) -> Any:
        """A row by its id, together with all others that are asked for meanwhile."""

        async def load(ids: list[UUID]) -> list[Any]:
            found = {row.id: row for row in await self.rows(select(model).where(model.id.in_(ids)))}
            return [found.get(id_) for id_ in ids]

        return self.loader(model, load).load(id_)

    def many(self, column: Any, id_: UUID, *where: ColumnElement[bool], order: Any) -> Any:
        """The rows that point at a row, in order."""

        async def load(ids: list[UUID]) -> list[Any]:
            found = defaultdict(list)
            for row in await self.rows(select(column.class_).where(column.in_(ids), *where).order_by(*order)):
                found[getattr(row, column.key)].append(row)
            return [found[id_] for id_ in ids]

        return self.loader(column, load).load(id_)

    def loader(self, key: Any, load: Callable[[list[Any]], Any]) -> DataLoader[Any, Any]:
        """The request's dataloader of a kind."""
        if key not in self.loaders:
            self.loaders[key] = DataLoader(load_fn=load)
        return self.loaders[key]


Info = strawberry.Info[Any, Any]


def asked(info: Info) -> Asked:
    """The request under way."""
    return info.context["asked"]  # type: ignore[no-any-return]


def money(value: Decimal | None) -> str | None:
    """An amount as the API writes it."""
    return None if value is None else f"{value:.2f}"


@strawberry.type
class Gender:
    code: str
    name: str


@strawberry.type
class Named:
    code: str
    name: str


@strawberry.type
class Location:
    row: strawberry.Private[Any]

    @strawberry.field
    def name(self) -> str:
        return str(self.row.name)

    @strawberry.field
    async def parent(self, info: Info) -> "Location | None":
        found = await asked(info).one(location.Location, self.row.parent_id)
        return Location(row=found)


@strawberry.type
class Policy:
    row: strawberry.Private[Any]
    status: str
    value: str | None
    effective_on: date | None

    @strawberry.field
    async def product(self, info: Info) -> Named:
        found = await asked(info).one(product.Product, self.row.product_id)
        return Named(code=found.code, name=found.name)


@strawberry.type
class Policies:
    nodes: list[Policy]


@strawberry.type
class Family:
    row: strawberry.Private[Any]
    id: strawberry.ID
    address: str | None

    @strawberry.field
    async def head(self, info: Info) -> "Insuree":
        return Insuree.of(await asked(info).one(insuree.Insuree, self.row.head_id))

    @strawberry.field
    async def member_count(self, info: Info) -> int:
        async def load(ids: list[UUID]) -> list[int]:
            grouped = (
                select(insuree.Insuree.family_id, func.count())
                .where(insuree.Insuree.family_id.in_(ids), insuree.Insuree.ended_at.is_(None))
                .group_by(insuree.Insuree.family_id)
            )
            async with asked(info).lock:
                found = dict((await asked(info).session.execute(grouped)).tuples().all())
            return [found.get(id_, 0) for id_ in ids]

        return await asked(info).loader("members", load).load(self.row.id)  # type: ignore[no-any-return]

    @strawberry.field
    async def location(self, info: Info) -> Location:
        return Location(row=await asked(info).one(location.Location, self.row.location_id))

    @strawberry.field
    async def policies(self, info: Info) -> Policies:
        model = policy.Policy
        found = await asked(info).many(
            model.family_id, self.row.id, model.ended_at.is_(None), model.district_id.in_(DISTRICTS),
            order=(model.starts_on.desc(), model.id.desc()),
        )  # fmt: skip
        nodes = [
            Policy(row=row, status=row.status.name, value=money(row.value), effective_on=row.effective_on)
            for row in found
        ]
        return Policies(nodes=nodes)


@strawberry.type
class Insuree:
    row: strawberry.Private[Any]
    insurance_number: str
    last_name: str
    other_names: str
    birth_date: date

    @classmethod
    def of(cls, row: Any) -> "Insuree":
        return cls(
            row=row,
            insurance_number=row.insurance_number,
            last_name=row.last_name,
            other_names=row.other_names,
            birth_date=row.birth_date,
        )

    @strawberry.field
    async def gender(self, info: Info) -> Gender:
        [found] = await asked(info).rows(
            select(LookupRow).where(LookupRow.kind == "gender", LookupRow.code == self.row.gender_code)
        )
        return Gender(code=found.code, name=found.names["en"])

    @strawberry.field
    async def family(self, info: Info) -> Family:
        found = await asked(info).one(insuree.Family, self.row.family_id)
        return Family(row=found, id=strawberry.ID(str(found.id)), address=found.address)


@strawberry.type
class Families:
    nodes: list[Family]


@strawberry.type
class Line:
    row: strawberry.Private[Any]
    line_no: int
    quantity_provided: str
    price_asked: str | None

    @strawberry.field
    async def item(self, info: Info) -> Named | None:
        found = await asked(info).one(medical.Item, self.row.item_id)
        return Named(code=found.code, name=found.name)

    @strawberry.field
    async def service(self, info: Info) -> Named | None:
        found = await asked(info).one(medical.Service, self.row.service_id)
        return Named(code=found.code, name=found.name)


@strawberry.type
class Claim:
    row: strawberry.Private[Any]
    code: str
    status: str
    claimed: str | None

    @strawberry.field
    async def insuree(self, info: Info) -> Insuree:
        return Insuree.of(await asked(info).one(insuree.Insuree, self.row.insuree_id))

    @strawberry.field
    async def main_diagnosis(self, info: Info) -> Named | None:
        found = await asked(info).one(medical.Diagnosis, self.row.main_diagnosis_id)
        return Named(code=found.code, name=found.name)

    @strawberry.field
    async def items(self, info: Info) -> list[Line]:
        return await self._lines(info, "item_id")

    @strawberry.field
    async def services(self, info: Info) -> list[Line]:
        return await self._lines(info, "service_id")

    async def _lines(self, info: Info, kind: str) -> list[Line]:
        model = claim.ClaimLine
        found = await asked(info).many(model.claim_id, self.row.id, order=(model.line_no,))
        return [
            Line(
                row=row,
                line_no=row.line_no,
                quantity_provided=str(row.quantity_provided),
                price_asked=money(row.price_asked),
            )
            for row in found
            if getattr(row, kind) is not None
        ]


@strawberry.type
class PageInfo:
    has_next_page: bool


@strawberry.type
class Claims:
    nodes: list[Claim]
    page_info: PageInfo

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        model = claim.Claim
        counted = select(func.count()).where(model.ended_at.is_(None), model.district_id.in_(DISTRICTS))
        async with asked(info).lock:
            return await asked(info).session.scalar(counted) or 0


@strawberry.type
class Query:
    @strawberry.field
    async def insuree(self, info: Info, insurance_number: str) -> Insuree | None:
        model = insuree.Insuree
        found = await asked(info).rows(
            select(model).where(
                model.insurance_number == insurance_number, model.ended_at.is_(None), model.district_id.in_(DISTRICTS)
            )
        )
        return Insuree.of(found[0]) if found else None

    @strawberry.field
    async def families(self, info: Info, first: int) -> Families:
        model = insuree.Family
        found = await asked(info).rows(
            select(model)
            .where(model.ended_at.is_(None), model.district_id.in_(DISTRICTS))
            .order_by(model.created_at.desc(), model.id.desc())
            .limit(first)
        )
        return Families(nodes=[Family(row=row, id=strawberry.ID(str(row.id)), address=row.address) for row in found])

    @strawberry.field
    async def claims(self, info: Info, first: int) -> Claims:
        model = claim.Claim
        found = await asked(info).rows(
            select(model)
            .where(model.ended_at.is_(None), model.district_id.in_(DISTRICTS))
            .order_by(model.date_from.desc(), model.id.desc())
            .limit(first + 1)
        )
        nodes = [
            Claim(row=row, code=row.code, status=row.status.name, claimed=money(row.claimed)) for row in found[:first]
        ]
        return Claims(nodes=nodes, page_info=PageInfo(has_next_page=len(found) > first))


class Server(GraphQL[Any, Any]):
    """Strawberry's own server; the request's session is closed when it is answered."""

    async def get_context(self, request: Any, response: Any) -> Any:
        return {"asked": request.state.asked}


@asynccontextmanager
async def _lifespan(_: Starlette) -> Any:
    yield
    await engine.dispose()


served = Server(strawberry.Schema(Query))
app = Starlette(lifespan=_lifespan)


async def graphql(request: Request) -> Response:
    """Answer one request in a session of its own."""
    async with AsyncSession(engine) as session:
        request.state.asked = Asked(session)
        return await served.run(request)


app.add_route("/graphql", graphql, methods=["POST"])
