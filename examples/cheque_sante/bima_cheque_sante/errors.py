"""What users can mend."""

from core import ErrorCode

SOLD = ErrorCode(
    "VOUCHER_SOLD",
    en="Voucher {number} was sold before. Compare the number with the paper, or take another voucher.",
    sw="Vocha {number} imeshauzwa. Linganisha namba na karatasi, au chukua vocha nyingine.",
    fr="Le chèque {number} a déjà été vendu. Comparez le numéro avec le papier, ou prenez un autre chèque.",
)
USED = ErrorCode(
    "VOUCHER_USED",
    en="Voucher {number} was used on {date}. Ask for another one.",
    sw="Vocha {number} imeshatumika tarehe {date}. Omba nyingine.",
    fr="Le chèque {number} a été utilisé le {date}. Demandez-en un autre.",
)
EXPIRED = ErrorCode(
    "VOUCHER_EXPIRED",
    en="Voucher {number} was valid until {date}. Ask for another one.",
    sw="Vocha {number} ilikuwa halali hadi {date}. Omba nyingine.",
    fr="Le chèque {number} était valable jusqu'au {date}. Demandez-en un autre.",
)
ALL = (SOLD, USED, EXPIRED)
