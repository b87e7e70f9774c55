"""The module's right."""

from core import Right

ORDER = Right("national_id.check.order", "Look somebody up in the national register", roles=("CLERK", "MANAGER"))
ALL = (ORDER,)
