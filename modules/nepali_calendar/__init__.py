"""A second calendar for display: Bikram Sambat beside the dates of people, policies and claims."""

from collections.abc import Sequence

from core import Manifest, Part, Query, extend, hook
from modules.claim.types import Claim
from modules.insuree.types import Insuree
from modules.nepali_calendar import queries
from modules.policy.types import Policy

manifest = Manifest(
    name="nepali_calendar", title="Dates in Bikram Sambat", version="1.0", needs=("insuree", "policy", "claim")
)


@hook
def graphql() -> Sequence[Part]:
    return [
        extend(Query, queries.nepali_date, queries.date_of_nepali),
        extend(Insuree, queries.shown("birth_date", "The day of birth")),
        extend(
            Policy,
            queries.shown("starts_on", "The first day it is for"),
            queries.shown("expires_on", "The last day it is for"),
        ),
        extend(
            Claim,
            queries.shown("date_from", "The first day of care"),
            queries.shown("date_to", "The last day of care"),
        ),
    ]
