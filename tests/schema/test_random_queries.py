"""The compiler answers as the interpreter does: random queries get the same JSON both ways."""

from collections.abc import Iterator

import orjson
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.schema.asking import ANYWHERE, AT_HARBOUR, AT_MANY, AT_TWO, AT_TWO_AND_NAMED, NOWHERE, Ask
from tests.schema.interpreter import interpret
from tests.schema.library import READ_FINES, READ_NOTES, READ_PHONES, library_schema
from tests.schema.random_queries import Query, library_queries

PEOPLE = {
    "anywhere": ANYWHERE.holding(READ_NOTES, READ_PHONES, READ_FINES),
    "anywhere, without fines and telephones": ANYWHERE.holding(READ_NOTES),
    "at the Harbour": AT_HARBOUR.holding(READ_NOTES, READ_PHONES, READ_FINES),
    "at the Harbour, without telephones": AT_HARBOUR.holding(READ_NOTES, READ_FINES),
    "at two places": AT_TWO.holding(READ_NOTES, READ_PHONES, READ_FINES),
    "at two places, with members of others": AT_TWO_AND_NAMED.holding(READ_NOTES, READ_PHONES),
    "at very many places": AT_MANY.holding(READ_NOTES, READ_PHONES),
    "nowhere": NOWHERE.holding(READ_NOTES, READ_PHONES),
}
SCHEMA = library_schema()._schema


@pytest.fixture(scope="session")
def database(library_url: str) -> Iterator[sa.Connection]:
    """A connection for the interpreter."""
    engine = sa.create_engine(
        library_url.replace("postgresql://", "postgresql+psycopg://", 1), connect_args={"options": "-c timezone=UTC"}
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()


async def agree(ask: Ask, database: sa.Connection, query: Query, who: str) -> None:
    """Both ways give the same JSON, key by key in the same order, with either set of variables."""
    for variables in (query.variables, query.others):
        reply = await ask(query.text, variables, person=PEOPLE[who])
        slow, errors = interpret(SCHEMA, database, ask.request(PEOPLE[who]), query.text, variables)
        assert [(error["path"][0], error["extensions"]["code"]) for error in reply.errors] == errors
        assert orjson.dumps(reply.data) == orjson.dumps(slow)


quick = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,  # the audit looks for new ones
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


@quick
@given(query=library_queries(SCHEMA), who=st.sampled_from(list(PEOPLE)))
async def test_random_queries_get_the_same_answer_both_ways(
    ask: Ask, database: sa.Connection, query: Query, who: str
) -> None:
    await agree(ask, database, query, who)


@pytest.mark.audit
@settings(quick, max_examples=3000, derandomize=False, phases=[Phase.generate, Phase.shrink])
@given(query=library_queries(SCHEMA), who=st.sampled_from(list(PEOPLE)))
async def test_many_random_queries_get_the_same_answer_both_ways(
    ask: Ask, database: sa.Connection, query: Query, who: str
) -> None:
    await agree(ask, database, query, who)
