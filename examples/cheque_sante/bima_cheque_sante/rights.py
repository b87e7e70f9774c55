"""The module's right."""

from core import Right

SELL = Right("cheque_sante.voucher.sell", "Sell a health voucher", roles=("CLERK", "ENROLMENT_OFFICER"))
ALL = (SELL,)
