"""Places and health facilities in GraphQL."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import case, func, select

from core import SQL, Lookup, Node, Where, column, expression, lookup, many, mapped, page, reference
from modules.location import models
from modules.location.rules import CareType, FacilityStatus, LocationLevel


@mapped(models.Location, search=("code", "name"))
class Location(Node):
    """A region, district, ward or village."""

    code: str = column("Unique among the places of its level.")
    name: str = column("What people call it.")
    level: LocationLevel = column("How large it is.")
    male_population: int | None = column("Men and boys counted here.")
    female_population: int | None = column("Women and girls counted here.")
    other_population: int | None = column("Others counted here.")
    families: int | None = column("Families counted here.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")
    parent: "Location | None" = reference("The place it lies in; none for a region.")
    region: "Location" = reference("The region it lies in, or the region itself.")
    district: "Location | None" = reference("The district it lies in, or the district itself.")
    ward: "Location | None" = reference("The ward it lies in, or the ward itself.")

    @expression
    def path(location: type[models.Location]) -> SQL[str]:
        """The names from the region down to the place itself: "Arusha / Arumeru / Akheri"."""
        above = models.Location.__table__.alias()
        names = [
            select(above.c.name).where(above.c.id == place).correlate_except(above).scalar_subquery()
            for place in (location.region_id, location.district_id, location.ward_id, location.village_id)
        ]
        return func.concat_ws(" / ", *names)

    @expression
    def population(location: type[models.Location]) -> SQL[int | None]:
        """Everybody counted here; null where nobody has counted."""
        counts = (location.male_population, location.female_population, location.other_population)
        total = sum((func.coalesce(count, 0) for count in counts[1:]), func.coalesce(counts[0], 0))
        return case((func.num_nonnulls(*counts) > 0, total))

    @page("Location", order=("name", "id"))
    def children(location: type[models.Location], child: type[models.Location]) -> Where:
        """The places that lie directly in it, by name."""
        yield child.parent_id == location.id


@mapped(models.FacilityIdentifier)
class FacilityIdentifier(Node):
    """What another register calls a facility."""

    system: Lookup | None = lookup("facility_register", "The register: HFR, NHIF, DHIS2.", by="system_code")
    value: str = column("The facility's number there.")


@mapped(models.FacilityCatchment)
class FacilityCatchment(Node):
    """A village that a facility serves."""

    location: Location = reference("The village.")
    percent: Decimal = column("The share of the village's population, in per cent.")


@mapped(models.HealthFacility, search=("code", "name"))
class HealthFacility(Node):
    """A dispensary, health centre or hospital that serves insured people."""

    code: str = column("Unique among facilities.")
    name: str = column("What people call it.")
    level: Lookup | None = lookup("facility_level", "Dispensary, health centre, hospital ...")
    sub_level: Lookup | None = lookup("facility_sub_level", "Its rank within its level.")
    legal_form: Lookup | None = lookup("legal_form", "Who runs it.")
    care_type: CareType = column("Whether patients stay overnight.")
    status: FacilityStatus = column("Whether it works with the scheme.")
    location: Location = reference("The district it lies in.")
    address: str | None = column("Where it is.")
    phone: str | None = column("Its telephone number.")
    fax: str | None = column("Its fax number.")
    email: str | None = column("Its e-mail address.")
    account_code: str | None = column("Its code in the accounts.")
    contract_from: date | None = column("First day of its contract with the scheme.")
    contract_to: date | None = column("Last day of its contract with the scheme.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")

    @many("FacilityIdentifier", order="system_code")
    def identifiers(facility: type[models.HealthFacility], identifier: type[models.FacilityIdentifier]) -> Where:
        """Its numbers in other registers."""
        yield identifier.facility_id == facility.id

    @page("FacilityCatchment", order="id")
    def catchments(facility: type[models.HealthFacility], catchment: type[models.FacilityCatchment]) -> Where:
        """The villages it serves."""
        yield catchment.facility_id == facility.id
