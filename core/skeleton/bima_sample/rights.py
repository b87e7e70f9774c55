"""The module's rights; `roles` are the standard roles that hold them from the start, such as `CLERK`."""

from core import Right

ROLES = ("SYSTEM_ADMINISTRATOR",)
READ = Right("sample.entry.read", "Read entries", roles=ROLES)
RECORD = Right("sample.entry.record", "Record an entry", roles=ROLES)
ALL = (READ, RECORD)
