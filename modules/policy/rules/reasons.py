"""Why somebody, an item or a service is not covered."""

from enum import StrEnum


class EligibilityReason(StrEnum):
    """Why a person, an item or a service is not covered.

    UNKNOWN_NUMBER: nobody has the number. NOT_INSURED: there is no policy. NOT_PAID: it is not paid yet.
    AWAITING_CONFIRMATION: the money is not confirmed yet. NOT_YET_EFFECTIVE: cover begins later. SUSPENDED: the policy
    is stopped. EXPIRED: its last day has passed. NO_PLACE: the policy does not include the person. MEMBER_NOT_PAID: the
    family must still pay for the person. COVER_ENDED: the person's cover has ended. UNKNOWN_CODE: the register has no
    such item or service. NOT_IN_PRODUCT: the product does not cover it. WAITING_PERIOD: it is covered later.
    LIMIT_REACHED: nothing is left of it.
    """

    UNKNOWN_NUMBER = "UNKNOWN_NUMBER"
    NOT_INSURED = "NOT_INSURED"
    NOT_PAID = "NOT_PAID"
    AWAITING_CONFIRMATION = "AWAITING_CONFIRMATION"
    NOT_YET_EFFECTIVE = "NOT_YET_EFFECTIVE"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    NO_PLACE = "NO_PLACE"
    MEMBER_NOT_PAID = "MEMBER_NOT_PAID"
    COVER_ENDED = "COVER_ENDED"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    NOT_IN_PRODUCT = "NOT_IN_PRODUCT"
    WAITING_PERIOD = "WAITING_PERIOD"
    LIMIT_REACHED = "LIMIT_REACHED"
