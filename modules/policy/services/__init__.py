"""What can be done with policies."""

from modules.policy.rules import EligibilityReason
from modules.policy.services import personal
from modules.policy.services.asked import Person, PlainPolicy
from modules.policy.services.automatic import ENROL_EVERYBODY, enrol_everybody, enrol_people
from modules.policy.services.catching_up import catch_up
from modules.policy.services.eligibility import Remaining, Verdict, eligibility
from modules.policy.services.enrol import enrol, renew
from modules.policy.services.held import CareVerdict
from modules.policy.services.members import (
    family_corrected,
    family_ended,
    family_moved,
    member_added,
    member_left,
    member_status_changed,
    readdress,
)
from modules.policy.services.products import product_in_use, terms_in_use
from modules.policy.services.prompts import prompt_renewals
from modules.policy.services.quote import Quote, quote
from modules.policy.services.renewals import answer
from modules.policy.services.states import cover_used, delete, newcomers_cover_used, reevaluate, resume, suspend

__all__ = [
    "ENROL_EVERYBODY",
    "CareVerdict",
    "EligibilityReason",
    "Person",
    "PlainPolicy",
    "Quote",
    "Remaining",
    "Verdict",
    "answer",
    "catch_up",
    "cover_used",
    "delete",
    "eligibility",
    "enrol",
    "enrol_everybody",
    "enrol_people",
    "family_corrected",
    "family_ended",
    "family_moved",
    "member_added",
    "member_left",
    "member_status_changed",
    "newcomers_cover_used",
    "personal",
    "product_in_use",
    "prompt_renewals",
    "quote",
    "readdress",
    "reevaluate",
    "renew",
    "resume",
    "suspend",
    "terms_in_use",
]
