"""The module's rights."""

from core import Right

SELL = Right("cheque_sante.voucher.sell", "Sell a health voucher", roles=("CLERK", "ENROLMENT_OFFICER"))
USE = Right("cheque_sante.voucher.use", "Take a health voucher", roles=("CLAIM_ADMINISTRATOR",))
ALL = (SELL, USE)
