"""What accounts may do with places and facilities. Reading them needs no right: every account uses these registers."""

from core import Right

CREATE = Right("location.location.create", "Add places", roles=("SYSTEM_ADMINISTRATOR",))
UPDATE = Right("location.location.update", "Change places", roles=("SYSTEM_ADMINISTRATOR",))
MOVE = Right("location.location.move", "Move places below another one", roles=("SYSTEM_ADMINISTRATOR",))
DELETE = Right("location.location.delete", "Delete places", roles=("SYSTEM_ADMINISTRATOR",))
UPPER = Right("location.district.write", "Add and change regions and districts too", roles=("SYSTEM_ADMINISTRATOR",))
FACILITY_CREATE = Right("location.facility.create", "Add health facilities", roles=("SCHEME_ADMINISTRATOR",))
FACILITY_UPDATE = Right("location.facility.update", "Change health facilities", roles=("SCHEME_ADMINISTRATOR",))
FACILITY_DELETE = Right("location.facility.delete", "Delete health facilities", roles=("SCHEME_ADMINISTRATOR",))

ALL = (CREATE, UPDATE, MOVE, DELETE, UPPER, FACILITY_CREATE, FACILITY_UPDATE, FACILITY_DELETE)
