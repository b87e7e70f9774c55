"""The tables that are filled, as lines of PostgreSQL's COPY: one list of lines per table."""

from collections.abc import Mapping
from types import MappingProxyType

from core import Base
from modules.claim.models import Claim, ClaimLine, Finding
from modules.contribution.models import Contribution
from modules.insuree.models import Family, Insuree
from modules.policy.models import Cover, Policy, PricedMember
from modules.valuation.models import ClaimValue, LineValue, PolicyUsage

NULL = "\\N"

COLUMNS: Mapping[type[Base], str] = MappingProxyType(
    {
        Family: ("id location_id district_id head_id poverty membership_category_code created_at updated_at version"),
        Insuree: (
            "id insurance_number last_name other_names sounds_like birth_date gender_code family_id is_head "
            "relation_code district_id village_id phone status recorded_at created_at updated_at version"
        ),
        Policy: (
            "id family_id product_id terms_id officer_id previous_policy_id stage status value family_share "
            "payer_share due bought_value bought_due enrolled_on starts_on effective_on expires_on district_id "
            "village_id created_at updated_at version"
        ),
        PricedMember: "id policy_id insuree_id relation birth_date created_at updated_at",
        Cover: "id policy_id insuree_id starts_on ends_on created_at updated_at",
        Contribution: (
            "id policy_id product_id officer_id amount receipt paid_on recorded_at payment_type_code is_photo_fee "
            "enforced district_id village_id created_at updated_at version"
        ),
        Claim: (
            "id code insuree_id health_facility_id district_id administrator_id date_from date_to claimed_on "
            "visit_type care_type category main_diagnosis_id pre_authorised status claimed approved rejection_reason "
            "review_status feedback_status submitted_at processed_at created_at updated_at version"
        ),
        ClaimLine: (
            "id claim_id line_no item_id service_id quantity_provided price_asked price_adjusted status "
            "created_at updated_at"
        ),
        Finding: "id claim_id position code parameters rejects created_at updated_at",
        ClaimValue: "id claim_id valuated remunerated created_at updated_at",
        LineValue: (
            "id claim_line_id claim_id policy_id product_id price_origin limitation_type limitation_value "
            "price_valuated deducted insuree_share exceeded_category exceeded_ceiling remunerated "
            "created_at updated_at"
        ),
        PolicyUsage: (
            "id policy_id insuree_id claim_id deducted remunerated deducted_in_patient deducted_out_patient "
            "remunerated_in_patient remunerated_out_patient category in_category created_at updated_at"
        ),
    }
)
"""The columns of a line, by table. What is left out is null or has a default."""

_KINDS = {table: kind for kind, table in enumerate(COLUMNS, start=1)}


class Sheets:
    """Lines to be copied, and the ids given out: in order, as those of version 7 are, and the same every time."""

    def __init__(self) -> None:
        self.lines: dict[type[Base], list[str]] = {table: [] for table in COLUMNS}
        self._next = dict.fromkeys(COLUMNS, 0)
        self._starts = {table: f"01890000-{kind:04x}-7000-8000-" for table, kind in _KINDS.items()}

    def id(self, table: type[Base]) -> str:
        """An id for the table's next line."""
        number = self._next[table] = self._next[table] + 1
        return f"{self._starts[table]}{number:012x}"

    def take(self) -> dict[type[Base], bytes]:
        """The lines so far, ready to be sent; the sheets are empty then."""
        taken = {table: "".join(lines).encode() for table, lines in self.lines.items() if lines}
        for lines in self.lines.values():
            lines.clear()
        return taken
