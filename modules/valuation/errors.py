"""What users can mend about the valuation of claims."""

from core import ErrorCode

COVER_NOT_EXAMINED = ErrorCode(
    "COVER_NOT_EXAMINED",
    en="The claim {claim} was handed in while nothing was valued. Return it, so that it is handed in again.",
    sw="Dai {claim} liliwasilishwa wakati hakuna kilichothaminiwa. Lirudishe ili liwasilishwe tena.",
    fr="La demande {claim} a été déposée alors que rien n'était valorisé. Renvoyez-la pour qu'elle soit redéposée.",
)

ALL = (COVER_NOT_EXAMINED,)
