"""The module's rights. Name in `roles` the standard roles that hold them from the start, such as `MANAGER`."""

from core import Right

READ = Right("sample.entry.read", "Read entries")
RECORD = Right("sample.entry.record", "Record an entry")
ALL = (READ, RECORD)
