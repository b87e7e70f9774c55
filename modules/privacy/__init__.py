"""One person's data: given out on request, and taken away when the law or the person wants it."""

from collections.abc import Sequence

from core import Job, Manifest, ModuleSettings, Mutation, Part, Right, extend, hook
from modules.privacy import jobs as jobs_
from modules.privacy import mutations
from modules.privacy import rights as rights_
from modules.privacy import settings as settings_

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
def graphql() -> Sequence[Part]:
    return [extend(Mutation, mutations.export_personal_data, mutations.pseudonymise_person)]
