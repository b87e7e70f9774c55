"""One person's data: given out on request, and taken away when the law or the person wants it."""

import logging
from collections.abc import Sequence

from core import Job, Manifest, ModuleSettings, Mutation, Part, Right, extend, hook
from core.host import Host
from modules.insuree.services import unsaid
from modules.insuree.types import Insuree
from modules.privacy import jobs as jobs_
from modules.privacy import mutations, types
from modules.privacy import rights as rights_
from modules.privacy import settings as settings_

log = logging.getLogger("bima.privacy")

manifest = Manifest(name="privacy", title="Personal data", version="1.0", needs=("insuree",))


@hook
def rights() -> Sequence[Right]:
    return rights_.ALL


@hook
def settings() -> type[ModuleSettings]:
    return settings_.Settings


@hook
def jobs() -> Sequence[Job]:
    return jobs_.ALL


@hook
async def started(host: Host) -> None:
    """Tell of tables about people that would be neither exported nor pseudonymised."""
    for table in sorted(unsaid(host)):
        log.warning("%s points at people, and no module says in personal_data what it holds about them", table)


@hook
def graphql() -> Sequence[Part]:
    return [
        extend(Insuree, types.pseudonymised_at),
        extend(Mutation, mutations.export_personal_data, mutations.pseudonymise_person),
    ]
